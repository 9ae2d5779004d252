"""answer_question: a person answers a question about the policy, in the asker's box and by mail if they left one."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.push import push
from concord.letters.outgoing import read_outgoing
from concord.letters.send import compose, send
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.people.team_name import team_name_within
from concord.reports.acknowledge_report import AnswerIsEmpty
from concord.reports.asked import Asked
from concord.reports.check_answer import check_answer
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Question
from concord.reports.read_question import add_word, box_of_question, read_question
from concord.reports.turn_into_report import IsAReport
from concord.vault import files
from concord.vault.keyring import Keyring

LETTER = "reports.policy_answer"


@transaction.atomic
def answer_question(
    question: Question, *, answer: str, by: StaffMember, keyring: Keyring, at: datetime
) -> Question:
    """Lay the answer in the asker's box, and send it to the address they left. More than one may follow.

    The guard reads it for everybody who is protected in any case its author can open, so that an answer about the
    policy tells nothing about a case. Raises AnswerIsEmpty,
    NotInTheseWords, IsAReport, OnlyCurrentStaff, NoGrant, and what the guard refuses.
    """
    there = Question.objects.select_for_update().filter(id=question.id).first()
    if there is None:
        raise IsAReport(subject=question.id)
    question = there
    asked = read_question(question, by=by, keyring=keyring, at=at).asked
    if not answer.strip():
        raise AnswerIsEmpty(subject=question.id)
    check_answer(answer, subject=question.id)
    _let_go(question, asked, answer.strip(), by=by, keyring=keyring, at=at)
    add_word(question, answer.strip(), by_staff=by.person_id, at=at)
    question.answered_at = at
    question.save(update_fields=["answered_at"])
    record("reports.answer_question", actor=by.person_id, subject=question.id, at=at)
    tell_desks(files.readers(question.file), "inbox", question.id)
    return question


def _let_go(
    question: Question,
    asked: Asked,
    answer: str,
    *,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> None:
    """Read it, then let it leave by both ways. One that came as a report is answered in its box alone."""
    context = {"answer": answer, "team": team_name_within()}
    subject, body = compose(LETTER, context=context, language=asked.language)
    verdict = read_outgoing(
        subject, body, about=question.id, by=by.person_id, keyring=keyring, at=at
    )
    box = box_of_question(question)
    if box is not None:
        push(box, answer.encode(), kind="answer", at=at)
        if question.report is not None:
            leave_notice(question.report, at=at)
    address = asked.contact.strip()
    if question.report is None and _is_address(address):
        send(
            LETTER,
            to=address,
            subject=subject,
            body=body,
            language=asked.language,
            verdict=verdict,
            at=at,
        )


def _is_address(typed: str) -> bool:
    try:
        validate_email(typed)
    except ValidationError:
        return False
    return True
