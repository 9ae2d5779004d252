"""answer_from_outside: the outside contact answers whoever reported; a person has answered then (I-SENSITIVE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letters.outgoing import read_outgoing
from concord.monitoring.desk_stream import tell_desks
from concord.reports.acknowledge_report import AnswerIsEmpty
from concord.reports.add_words import say
from concord.reports.check_answer import check_answer
from concord.reports.leave_notice import leave_notice
from concord.reports.models import UNANSWERED, Report, State
from concord.reports.outside import Outside, check_opens
from concord.reports.read_report import told_in
from concord.vault import files


@transaction.atomic
def answer_from_outside(report: Report, answer: str, *, by: Outside, at: datetime) -> Report:
    """Lay their answer in the reporter's box, sealed; the first one acknowledges the report.

    Raises AnswerIsEmpty, `NotInTheseWords` (I-NOCONFRONT-1), SayFirstThatYouKeepIt, NoGrant, and what the readers
    of outgoing texts raise (K-NAME-1).
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_opens(report, by=by)
    if not answer.strip():
        raise AnswerIsEmpty(subject=report.id)
    told = told_in(report, keyring=by.keyring)
    check_answer(answer, names=[told.who], may_ask=told.involved, subject=report.id)
    holder = by.contact.holder
    read_outgoing(answer, about=report.id, by=holder, keyring=by.keyring, at=at)
    say(report, answer.strip(), by_staff=holder, at=at)
    for box in Box.objects.filter(id=report.box) if report.box else []:
        push(box, answer.strip().encode(), kind="answer", at=at)
        leave_notice(report, at=at)
    note_answered(report, by=by, at=at)
    return report


def note_answered(report: Report, *, by: Outside, at: datetime, answered: bool = True) -> None:
    """A person has dealt with it: the state, the promise's moment, the entry."""
    if report.state in UNANSWERED:
        report.state = State.ACKNOWLEDGED
    report.acknowledged_at = report.acknowledged_at or at
    report.save(update_fields=["state", "acknowledged_at"])
    record(
        "reports.answer_from_outside",
        actor=by.contact.holder,
        subject=report.id,
        at=at,
        answered=answered,
    )
    tell_desks(files.readers(report.file), "report", report.id)
