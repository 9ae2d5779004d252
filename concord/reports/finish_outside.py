"""finish_outside: the outside contact notes that they have dealt with a report."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.reports.answer_from_outside import note_answered
from concord.reports.lay_outcome import lay_what_came_outside
from concord.reports.models import UNANSWERED, Report
from concord.reports.outside import Outside, check_opens
from concord.reports.read_report import told_in
from concord.reports.set_aside import NeedsAnAnswerFirst
from concord.reports.settle_flag_outside import SayWhatComesOfIt
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def finish_outside(
    report: Report, *, acted: bool, reason: str, by: Outside, at: datetime
) -> Report:
    """Note it as done, and what was done, or why nothing (P-ZERO-1). It stays readable to them, and the reporter can
    still write. Twice is once. One that was noted as done without saying whether they acted on it is said so now; its
    day and words stay.

    Whoever chose to hear what was done finds whether they acted on it, and the day; never the reason (I-INFORM-1).

    One that wants to hear nothing needs no answer first. Raises NeedsAnAnswerFirst, SayWhatComesOfIt,
    SayFirstThatYouKeepIt, NoGrant.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_opens(report, by=by)
    if report.acted_outside is not None:
        return report
    unanswered = report.state in UNANSWERED
    if unanswered and told_in(report, keyring=by.keyring).hear != "nothing":
        raise NeedsAnAnswerFirst(subject=report.id)
    if report.done_outside_sealed is None and not reason.strip():
        raise SayWhatComesOfIt(subject=report.id)
    if unanswered:
        note_answered(report, by=by, at=at, answered=False)
    report.done_outside_at = report.done_outside_at or at
    if report.done_outside_sealed is None:
        report.done_outside_sealed = files.seal(
            report.file, reason.strip().encode(), about=_about(report)
        )
    report.acted_outside = acted
    report.save(update_fields=["done_outside_at", "done_outside_sealed", "acted_outside"])
    lay_what_came_outside(report, at=at)
    record("reports.finish_outside", actor=by.contact.holder, subject=report.id, at=at)
    return report


def read_what_came_of_it(report: Report, *, keyring: Keyring) -> str:
    """What the outside contact wrote; empty before they did. Raises NoGrant."""
    if report.done_outside_sealed is None:
        return ""
    sealed = bytes(report.done_outside_sealed)
    return files.unseal(report.file, sealed, about=_about(report), keyring=keyring).decode()


def _about(report: Report) -> str:
    return f"report:{report.id}:outside"
