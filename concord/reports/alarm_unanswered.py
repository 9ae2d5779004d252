"""alarm_unanswered: reports nobody answered by the time promised ring wider, and stay open (PUB-29)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.models import UNANSWERED, Report, Underway
from concord.vault import files

STUCK = timedelta(minutes=1)
"""An answer that was due so long ago and was not laid is not on its way any more."""


@every("reports.alarm", seconds=30)
def alarm_unanswered(job: Job | None, *, at: datetime) -> int:
    """Alarm each overdue report once: on its readers' desks, by letter, and to the outside contact.

    One whose answer is on its way is not overdue, unless that lies there longer than it should. Returns how many
    there were.
    """
    waiting = Report.objects.unanswered().filter(alarmed_at__isnull=True, answer_by__lte=at)
    on_its_way = Underway.objects.filter(due_at__gt=at - STUCK).values("report")
    overdue = list(waiting.exclude(id__in=on_its_way).values_list("id", flat=True))
    for id in overdue:
        _alarm(id, at=at)
    return len(overdue)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    report = Report.objects.select_for_update().get(id=id)
    if report.alarmed_at or report.state not in UNANSWERED:
        return
    report.alarmed_at = at
    report.save(update_fields=["alarmed_at"])
    record("reports.alarm", actor=None, subject=report.id, at=at)
    raise_broken(report, _("Report %(code)s was promised an answer, and the time is over."), at=at)


def raise_broken(report: Report, said: str | Words, *, at: datetime) -> None:
    """A promise that we broke rings its readers, and the person outside: the report's code, and nothing it says."""
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    tell_outside(said, code=report.code, at=at)
