"""alarm_caseless: a flag that needs action and is in no case rings whoever reads it (R-FLAG-1, PUB-29).

Whoever said so is asked next which case it belongs in, and may lock the desk there, or lose the line. The answer
stopped the clock on the flag; this one runs on until it is somebody's.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from concord.cases.models import Source
from concord.ledger.readings import last_of
from concord.ledger.record import record
from concord.monitoring.alarm_unreviewed import LIVE, NOW, OTHERWISE
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag, FlagQuerySet
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files

OUT = "cases.hand_outside"


@every("cases.alarm_caseless", seconds=15)
def alarm_caseless(job: Job | None, *, at: datetime) -> int:
    """Ring once for each that has waited for so long. Returns how many there were."""
    unrung = Q(alarmed_at__isnull=True) | Q(alarmed_at__lt=F("judged_at"))
    late = list(caseless().filter(unrung, for_too_long(at)).values_list("id", flat=True))
    for id in late:
        _alarm(id, at=at)
    return len(late)


def caseless() -> FlagQuerySet:
    """Flags that need action, and that neither a case nor the outside contact has."""
    in_cases = Source.objects.filter(flag__isnull=False).values("flag")
    handed = last_of([OUT, "reports.hand_on_flag"], on="id")
    needed = Flag.objects.filter(credible=True, done_outside_at__isnull=True)
    return needed.exclude(id__in=in_cases).alias(handed=handed).exclude(handed=OUT)


def for_too_long(at: datetime) -> Q:
    """Answered so long ago that it is anybody's who can read it: two minutes live, twelve hours else."""
    return (NOW & Q(judged_at__lte=at - LIVE)) | Q(judged_at__lte=at - OTHERWISE)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    flag = Flag.objects.select_for_update().get(id=id)
    if flag.alarmed_at and flag.judged_at and flag.alarmed_at >= flag.judged_at:
        return
    if not caseless().filter(id=id).exists():
        return
    flag.alarmed_at = at
    flag.save(update_fields=["alarmed_at"])
    record("cases.alarm_caseless", actor=None, subject=flag.id, at=at)
    readers = files.readers(flag.file)
    tell_desks(readers, "flag", flag.id)
    ring(readers, at=at)
