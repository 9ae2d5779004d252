"""lay_answer: an answer that nobody took back is found by its reader from now on (I-SENSITIVE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.letterbox.lay import lay
from concord.monitoring.desk_stream import tell_desks
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.reports.acknowledge_report import acknowledge
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Report, Underway, Word
from concord.reports.take_back_answer import take_away
from concord.vault import files


@handles("reports.lay_answer")
def lay_when_due(job: Job, *, at: datetime) -> None:
    """What the outbox runs. One that was taken back is gone, and nothing happens."""
    underway = Underway.objects.filter(id=job.about).first()
    if underway is not None:
        lay_answer(underway, at=at)


@transaction.atomic
def lay_answer(underway: Underway, *, at: datetime) -> Report:
    """Let it be found, once it is due; the first one acknowledges the report. Twice is once.

    Whoever was kept out of the report meanwhile answers nobody: then it is taken away instead.
    """
    report = Report.objects.select_for_update().get(id=underway.report_id)
    held = Underway.objects.filter(id=underway.id, due_at__lte=at).first()
    if held is None:
        return report
    if not files.may_open(report.file, held.by_staff):
        take_away(held)
        tell_desks(files.readers(report.file), "report", report.id)
        return report
    Word.objects.create(
        id=held.id, report=report, by_staff=held.by_staff, sealed=held.sealed, said_at=at
    )
    if held.in_box and lay(held.in_box, at=at):
        leave_notice(report, at=at)
    held.delete()
    author = StaffMember.objects.get(person_id=held.by_staff)
    acknowledge(report, by=author, answered=True, at=at)
    return report
