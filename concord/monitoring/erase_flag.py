"""erase_flag: a flag goes for good, with its copy of what was seen (4.9). Its case, or `forget_flags`, says when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.models import Flag, SteppedBack
from concord.vault import files


@transaction.atomic
def erase_flag(flag: Flag, *, at: datetime) -> None:
    """Destroy its keys, then the row. Twice is once."""
    files.destroy(flag.file, by=None, at=at)
    SteppedBack.objects.filter(subject__in=[flag.id, flag.post_id]).delete()
    Flag.objects.filter(id=flag.id).delete()
    record("monitoring.erase", actor=None, subject=flag.id, at=at)
