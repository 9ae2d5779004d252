"""read_shared: what the support person reads: what was shared with them, once they keep it to themself (K-WHO-1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.letterbox.read import Opened, read
from concord.letterbox.session import Held
from concord.refusals import Refused
from concord.reports.models import Supporter


class SayFirstThatYouKeepIt(Refused):
    """Nobody reads before they said that they keep it to themself."""

    words = _("First say that you keep it to yourself.")


def read_shared(supporter: Supporter, *, held: Held) -> list[Opened]:
    """What was shared, oldest first. Raises SayFirstThatYouKeepIt."""
    if supporter.accepted_at is None:
        raise SayFirstThatYouKeepIt(subject=supporter.report_id)
    return read(held.box, held.code)
