"""read_question: open what somebody asked about the policy; each reading is an entry (P-CONTACT-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.people.models import StaffMember
from concord.reports.asked import Asked, about_question
from concord.reports.models import Question, QuestionWord
from concord.reports.read_report import OnlyCurrentStaff, Said
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class OpenedQuestion(NamedTuple):
    """A question in the clear, with what was said since, oldest first."""

    asked: Asked
    words: list[Said]


def read_question(
    question: Question, *, by: StaffMember, keyring: Keyring, at: datetime
) -> OpenedQuestion:
    """Everything of one question. Raises OnlyCurrentStaff, NoGrant."""
    check_answers(question, by=by, keyring=keyring, at=at)
    plain = files.unseal(
        question.file, bytes(question.sealed), about=about_question(question.id), keyring=keyring
    )
    words = [
        Said(word.by_staff, _unseal(question, word, keyring=keyring), word.said_at)
        for word in question.words.all()
    ]
    record("reports.read_question", actor=by.person_id, subject=question.id, at=at)
    return OpenedQuestion(Asked.from_bytes(plain), words)


def check_answers(question: Question, *, by: StaffMember, keyring: Keyring, at: datetime) -> None:
    """Raise OnlyCurrentStaff or vault.NoGrant unless this member of staff holds an active grant."""
    if not by.is_current(at):
        raise OnlyCurrentStaff(subject=question.id)
    if keyring.holder != by.person_id or not files.may_open(question.file, by.person_id):
        raise NoGrant(subject=question.id)


def add_word(question: Question, text: str, *, by_staff: UUID | None, at: datetime) -> QuestionWord:
    """Seal one more text into the question's file."""
    id = uuid4()
    return QuestionWord.objects.create(
        id=id,
        question=question,
        by_staff=by_staff,
        sealed=files.seal(question.file, text.encode(), about=_about_word(id)),
        said_at=at,
    )


def box_of_question(question: Question) -> Box | None:
    """The asker's box: their own, or the one of the report that was redirected."""
    id = question.report.box if question.report else question.box
    return Box.objects.filter(id=id).first() if id else None


def _unseal(question: Question, word: QuestionWord, *, keyring: Keyring) -> str:
    sealed = bytes(word.sealed)
    return files.unseal(question.file, sealed, about=_about_word(word.id), keyring=keyring).decode()


def _about_word(word: UUID) -> str:
    return f"question word:{word}"
