"""ask_more: whoever asked about the policy comes back with the code and asks further."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.push import push
from concord.monitoring.desk_stream import tell_desks
from concord.reports.asked import ANSWER_WITHIN, NothingAsked
from concord.reports.models import Question, QuestionWord
from concord.reports.read_question import add_word, box_of_question
from concord.vault import files


@transaction.atomic
def ask_more(question: Question, text: str, *, at: datetime) -> QuestionWord:
    """Seal more words to those who answer; the question waits again. Raises NothingAsked."""
    if not text.strip():
        raise NothingAsked(subject=question.id)
    question = Question.objects.select_for_update().get(id=question.id)
    word = add_word(question, text, by_staff=None, at=at)
    box = box_of_question(question)
    if box is not None and question.report is None:
        push(box, text.encode(), kind="said", at=at)
    if question.answered_at is not None:
        question.answered_at, question.answer_by = None, at + ANSWER_WITHIN
        question.save(update_fields=["answered_at", "answer_by"])
    record("reports.ask_more", actor=None, subject=question.id, at=at)
    tell_desks(files.readers(question.file), "inbox", question.id)
    return word
