"""tell_status: whoever wants to hear what was done, and has not yet, finds each week that we are still on it (4.9).

The sentence is the page's own, in the language of whoever opens it; what lies in the box is the day alone. It asks
for nothing, and says nothing of what is done, or thought of (I-INFORM-1, I-NOENGAGE-1).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from concord.letterbox.models import Answer, Box
from concord.letterbox.replace import replace
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.lay_outcome import KIND as OUTCOME
from concord.reports.leave_notice import leave_notice
from concord.reports.models import ENDED, Report

STATUS = "status"
WEEK = timedelta(days=7)
HEARD_BY = ("answer", OUTCOME, STATUS)
"""Whatever a person finds from us."""


@every("reports.tell_status", seconds=3600)
def tell_status(job: Job | None, *, at: datetime) -> int:
    """Lay the day in each box that has been silent for a week. Returns in how many."""
    lately = Answer.objects.filter(box=OuterRef("box"), kind__in=HEARD_BY, pushed_at__gt=at - WEEK)
    told = Answer.objects.filter(box=OuterRef("box"), kind=OUTCOME)
    silent = Report.objects.filter(
        ~Exists(lately), ~Exists(told), tell_outcome=True, received_at__lte=at - WEEK
    )
    silent = silent.filter(acted_outside__isnull=True).exclude(state__in=ENDED)
    return sum(_tell(id, at=at) for id in list(silent.values_list("id", flat=True)))


@transaction.atomic
def _tell(id: UUID, *, at: datetime) -> bool:
    report = Report.objects.select_for_update().get(id=id)
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is None:
        return False
    replace(box, at.date().isoformat().encode(), kind=STATUS, at=at)
    leave_notice(report, at=at)
    return True
