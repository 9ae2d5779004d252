"""shells: when a prompt was opened inside the product, as whoever looks after the machine left it in the ledger."""

from __future__ import annotations

from datetime import datetime

from concord.actions.judge_file import OPENED
from concord.ledger.models import Entry


def shells_opened() -> list[datetime]:
    """Each time, the newest last."""
    return list(Entry.objects.filter(verb=OPENED).order_by("id").values_list("at", flat=True))
