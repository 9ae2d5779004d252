"""acknowledge_report: a person answers whoever reported, or notes that no contact is wanted (I-SENSITIVE-1)."""

from __future__ import annotations

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
from concord.reports.models import UNANSWERED, Report, State
from concord.reports.read_report import check_reads
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
    """Lay an answer in the reporter's box; the first one acknowledges the report. None notes "no contact".

    Later answers may follow in any state. Raises AnswerIsEmpty, AlreadyAnswered, OnlyCurrentStaff, NoGrant,
    and what the guard refuses (K-NAME-1).
    """
    report = Report.objects.select_for_update().get(id=report.id)
    check_reads(report, by=by, keyring=keyring, at=at)
    if answer is None and report.state not in UNANSWERED:
        raise AlreadyAnswered(subject=report.id)
    if answer is not None:
        read_outgoing(answer, about=report.id, by=by.person_id, keyring=keyring, at=at)
        _answer(report, answer.strip(), by=by, at=at)
    if report.state in UNANSWERED:
        report.state = State.ACKNOWLEDGED
    report.acknowledged_at = report.acknowledged_at or at
    report.save(update_fields=["state", "acknowledged_at"])
    record(
        "reports.acknowledge",
        actor=by.person_id,
        subject=report.id,
        at=at,
        answered=answer is not None,
    )
    tell_desks(files.readers(report.file), "report", report.id)
    return report


def _answer(report: Report, answer: str, *, by: StaffMember, at: datetime) -> None:
    if not answer:
        raise AnswerIsEmpty(subject=report.id)
    say(report, answer, by_staff=by.person_id, at=at)
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is not None:
        push(box, answer.encode(), kind="answer", at=at)
