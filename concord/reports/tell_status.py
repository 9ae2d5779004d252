"""tell_status: whoever wants to hear what was done, and has not yet, finds each week how it stands (4.9).

That we are still on it, or, where nobody on the team has done anything about it for a week, that we have not come
further; then whoever can is called. The sentence is the page's own, in the language of whoever opens it; what lies in
the box is the day, and which of the two. It asks for nothing, and says nothing of what is done, or thought of
(I-INFORM-1, I-NOENGAGE-1).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Answer, Box
from concord.letterbox.replace import replace
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.reports.goes_on import goes_on
from concord.reports.lay_outcome import KIND as OUTCOME
from concord.reports.lay_outcome import WAITS
from concord.reports.leave_notice import leave_notice
from concord.reports.models import ENDED, Report
from concord.vault import files

STATUS = "status"
RESTED = " rested"
"""After the day, where nothing had been done."""
WEEK = timedelta(days=7)
NOBODY = _("Nobody on the team has done anything about report %(code)s for a week.")
HEARD_BY = ("answer", OUTCOME, STATUS, WAITS)
"""Whatever a person finds from us."""


@every("reports.tell_status", seconds=3600)
def tell_status(job: Job | None, *, at: datetime) -> int:
    """Lay the day in each box that has been silent for a week. Returns in how many."""
    lately = Answer.objects.filter(box=OuterRef("box"), kind__in=HEARD_BY, pushed_at__gt=at - WEEK)
    told = Answer.objects.filter(box=OuterRef("box"), kind=OUTCOME)
    waits = Answer.objects.filter(box=OuterRef("box"), kind=WAITS).order_by("-pushed_at")
    rest = told.filter(pushed_at__gt=Subquery(waits.values("pushed_at")[:1]))
    silent = Report.objects.filter(
        ~Exists(lately),
        ~Exists(told) | Exists(waits) & ~Exists(rest),
        tell_outcome=True,
        received_at__lte=at - WEEK,
    )
    silent = silent.filter(acted_outside__isnull=True).exclude(state__in=ENDED)
    return sum(_tell(id, at=at) for id in list(silent.values_list("id", flat=True)))


@transaction.atomic
def _tell(id: UUID, *, at: datetime) -> bool:
    report = Report.objects.select_for_update().get(id=id)
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is None:
        return False
    moves = goes_on(report, since=at - WEEK)
    said = at.date().isoformat() + ("" if moves else RESTED)
    replace(box, said.encode(), kind=STATUS, at=at)
    leave_notice(report, at=at)
    if not moves:
        _call(report, at=at)
    return True


def _call(report: Report, *, at: datetime) -> None:
    """Whoever can read it; where nobody on the team can any more, the outside contact."""
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    if not StaffMember.objects.current(at).filter(person__in=readers).exists():
        tell_outside(NOBODY, code=report.code, at=at)
    record("reports.rested", actor=None, subject=report.id, at=at)
