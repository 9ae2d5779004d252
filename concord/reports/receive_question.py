"""receive_question: somebody asks about the policy, or says what they think of it (P-CONTACT-1)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.people.named_in import named_in
from concord.reports.asked import ANSWER_WITHIN, Asked, NothingAsked, about_question, who_answer
from concord.reports.models import Question, Report
from concord.reports.receive_report import alike_token, file_report
from concord.reports.same_words import LATELY, is_one_of_many
from concord.reports.told import Told
from concord.reports.turn_into_report import CHANNEL, RECEIPT, receipt_of
from concord.vault import files


class Received(NamedTuple):
    """The code that opens the asker's box, and the question; None when it has become a report meanwhile."""

    code: str
    question: Question | None


@transaction.atomic
def receive_question(
    asked: Asked, *, nonce: bytes, suspect: bool = False, at: datetime
) -> Received:
    """Seal a question to the designated staff whom it does not name.

    It is no report: it joins no case, and nothing about reports is looked up for it. One that names all of them is
    a report from the beginning, which the outside contact reads and answers. The same form sent twice is the same
    question. `suspect` folds it and refuses nothing. Raises NothingAsked.
    """
    if not asked.words.strip():
        raise NothingAsked()
    seed = hashlib.sha256(nonce + asked.to_bytes()).digest()
    code, box = issue(seed, purpose="question", at=at)
    known = Question.objects.filter(box=box.id).first()
    if known is not None or Report.objects.filter(box=box.id).exists():
        return Received(code, known)
    readers = _readers(asked, at=at)
    if not readers:
        _file_outside(asked, box=box, suspect=suspect, at=at)
        return Received(code, None)
    question = keep_question(asked, readers=readers, box=box.id, suspect=suspect, at=at)
    record("reports.receive_question", actor=None, subject=question.id, at=at)
    return Received(code, question)


def keep_question(
    asked: Asked,
    *,
    readers: set[UUID],
    box: UUID | None,
    at: datetime,
    report: Report | None = None,
    suspect: bool = False,
) -> Question:
    """Write the row and let these readers' desks know; nobody is rung for a question."""
    id = uuid4()
    text_token = alike_token(f"{asked.words}\n{asked.contact}", readers, of="question text")
    alike = Question.objects.filter(text_token=text_token, received_at__gt=at - LATELY)
    file = files.open_file(readers=readers, at=at)
    question = Question.objects.create(
        id=id,
        code=random_code(),
        file=file.id,
        sealed=files.seal(file.id, asked.to_bytes(), about=about_question(id)),
        box=box,
        report=report,
        folded=suspect or is_one_of_many(alike),
        text_token=text_token,
        received_at=at,
        answer_by=at + ANSWER_WITHIN,
    )
    tell_desks(readers, "inbox", id)
    return question


def _readers(asked: Asked, *, at: datetime) -> set[UUID]:
    """Whoever is named does not read it: it may turn out to be about them."""
    named = named_in(f"{asked.words}\n{asked.contact}", StaffMember.objects.current(at))
    return who_answer(at) - {one.person_id for one in named}


def _file_outside(asked: Asked, *, box: Box, suspect: bool, at: datetime) -> None:
    told = Told(text=asked.words, contact=asked.contact, language=asked.language, channel=CHANNEL)
    file_report(told, box=box, suspect=suspect, at=at)
    push(box, receipt_of(told, was_read=False, at=at).encode(), kind=RECEIPT, at=at)
