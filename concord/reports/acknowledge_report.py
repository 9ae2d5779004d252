"""acknowledge_report: a person answers whoever reported, or notes that no contact is wanted (I-SENSITIVE-1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.letters.outgoing import read_outgoing
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.add_words import say
from concord.reports.check_answer import check_answer
from concord.reports.leave_notice import leave_notice
from concord.reports.models import UNANSWERED, Report, State
from concord.reports.read_report import check_reads, told_in
from concord.reports.told import Told
from concord.vault import files
from concord.vault.keyring import Keyring


class AnswerIsEmpty(Refused):
    """An answer without words is none."""

    words = _("Please write the answer first, or note that no contact is wanted.")
    status = 409


class AlreadyAnswered(Refused):
    """A person has answered; "no contact wanted" can no longer be noted."""

    words = _("A colleague has already answered this report.")
    status = 409


@transaction.atomic
def acknowledge_report(
    report: Report, *, answer: str | None, by: StaffMember, keyring: Keyring, at: datetime
) -> Report:
    """Lay an answer in the reporter's box at once; the first one acknowledges the report. None notes "no contact".

    At the desk an answer waits a moment and can be taken back: `answer_report`. Later answers may follow in
    any state. Raises AlreadyAnswered, and what `check_may_leave` raises.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    if answer is None:
        check_reads(report, by=by, keyring=keyring, at=at)
        if report.state not in UNANSWERED:
            raise AlreadyAnswered(subject=report.id)
    else:
        check_may_leave(answer, report, by=by, keyring=keyring, at=at)
        _answer(report, answer.strip(), by=by, at=at)
    acknowledge(report, by=by, answered=answer is not None, at=at)
    return report


def check_may_leave(
    answer: str,
    report: Report,
    *,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> None:
    """Whether this member of staff may send these words to whoever reported.

    Raises AnswerIsEmpty, OnlyCurrentStaff, NoGrant, `NotInTheseWords` (I-NOCONFRONT-1), and what the readers of
    outgoing texts raise: names (K-NAME-1), another case's code unless it is `meant`.
    """
    check_reads(report, by=by, keyring=keyring, at=at)
    if not answer.strip():
        raise AnswerIsEmpty(subject=report.id)
    told = told_in(report, keyring=keyring)
    check_answer(answer, names=_called(told), may_ask=told.involved, subject=report.id)
    read_outgoing(answer, about=report.id, by=by.person_id, keyring=keyring, at=at, meant=meant)


def acknowledge(report: Report, *, by: StaffMember, answered: bool, at: datetime) -> None:
    """A person has answered: the state, the promise's moment, the entry, the open desks."""
    if report.state in UNANSWERED:
        report.state = State.ACKNOWLEDGED
    report.acknowledged_at = report.acknowledged_at or at
    report.save(update_fields=["state", "acknowledged_at"])
    record("reports.acknowledge", actor=by.person_id, subject=report.id, at=at, answered=answered)
    tell_desks(files.readers(report.file), "report", report.id)


def _answer(report: Report, answer: str, *, by: StaffMember, at: datetime) -> None:
    say(report, answer, by_staff=by.person_id, at=at)
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is not None:
        push(box, answer.encode(), kind="answer", at=at)
        leave_notice(report, at=at)


def _called(told: Told) -> set[str]:
    """How the person reported is called in it, as far as it says so: an invitation might name them."""
    source = told.source
    names = [source.author, source.known_as] if source else []
    parts = [part for name in names for part in name.split()]
    return {name for name in (told.who.strip(), *names, *parts) if "\n" not in name}
