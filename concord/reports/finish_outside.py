"""finish_outside: the outside contact notes that they have dealt with a report."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.reports.answer_from_outside import note_answered
from concord.reports.models import UNANSWERED, Report
from concord.reports.outside import Outside, check_opens
from concord.reports.read_report import told_in
from concord.reports.set_aside import NeedsAnAnswerFirst


@transaction.atomic
def finish_outside(report: Report, *, by: Outside, at: datetime) -> Report:
    """Note it as done; it stays readable to them, and the reporter can still write. Twice is once.

    One that wants to hear nothing needs no answer first. Raises NeedsAnAnswerFirst, SayFirstThatYouKeepIt, NoGrant.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_opens(report, by=by)
    if report.done_outside_at is not None:
        return report
    if report.state in UNANSWERED:
        if told_in(report, keyring=by.keyring).hear != "nothing":
            raise NeedsAnAnswerFirst(subject=report.id)
        note_answered(report, by=by, at=at, answered=False)
    report.done_outside_at = at
    report.save(update_fields=["done_outside_at"])
    record("reports.finish_outside", actor=by.contact.holder, subject=report.id, at=at)
    return report
