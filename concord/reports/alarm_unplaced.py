"""alarm_unplaced: a report that was answered, and that nobody took further, rings its readers again (P-ZERO-1, PUB-29).

The answer keeps the promise and stops its clock; whoever gave it may lose the line a minute later. This one runs until
it is in a case, set aside with two people's yes, or dealt with outside. It says nothing to whoever reported.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.convenings.running import a_session_runs
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.reports.models import Report, ReportQuerySet, State
from concord.reports.promise import LIVE, OTHERWISE
from concord.vault import files

AGAIN = timedelta(days=7)
NOW = Q(urgent=True, folded=False)
NOBODY = _("Report %(code)s was answered, and nobody has taken it further since.")


@every("reports.alarm_unplaced", seconds=30)
def alarm_unplaced(job: Job | None, *, at: datetime) -> int:
    """Ring for each that has waited for so long, and once a week after that. Returns for how many."""
    late = list(_late(at, live=a_session_runs()).values_list("id", flat=True))
    return sum(_alarm(id, at=at) for id in late)


def _late(at: datetime, *, live: bool) -> ReportQuerySet:
    """Minutes after the answer where it is urgent and people are together, else a day; a week for what is outside."""
    since = Q(acknowledged_at__lte=at - AGAIN)
    since |= Q(acknowledged_at__lte=at - OTHERWISE, outside=False)
    if live:
        since |= NOW & Q(acknowledged_at__lte=at - LIVE)
    unrung = Q(unplaced_rung_at__isnull=True) | Q(unplaced_rung_at__lte=at - AGAIN)
    return Report.objects.waiting().filter(since, unrung, state=State.ACKNOWLEDGED)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> bool:
    report = Report.objects.select_for_update().get(id=id)
    live = a_session_runs()
    if not _late(at, live=live).filter(id=id).exists():
        return False
    report.unplaced_rung_at = at
    report.save(update_fields=["unplaced_rung_at"])
    record("reports.alarm_unplaced", actor=None, subject=report.id, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at, at_once=live and report.urgent and not report.folded)
    if not StaffMember.objects.current(at).filter(person__in=readers).exists():
        tell_outside(NOBODY, code=report.code, at=at)
    return True
