"""forget_questions: an answered question about the policy goes a year after its answer, with its box (4.9).

One that nobody has answered stays. One that came as a report goes with that report.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.purge import purge
from concord.outbox.clocks import erases
from concord.reports.models import Question, QuestionQuerySet
from concord.reports.read_question import box_of_question
from concord.vault import files

MONTH = timedelta(days=30.5)


def due(at: datetime) -> Iterator[date]:
    for answered_at in _over(at).values_list("answered_at", flat=True):
        if answered_at is not None:
            yield (answered_at + _kept()).date()


@erases("reports.forget_questions", _("questions about the policy"), due=due)
def forget_questions(*, at: datetime) -> int:
    """Erase them, keys first. Returns how many went."""
    questions = list(_over(at))
    for question in questions:
        _erase(question, at=at)
    return len(questions)


@transaction.atomic
def _erase(question: Question, *, at: datetime) -> None:
    files.destroy(question.file, by=None, at=at)
    box = box_of_question(question)
    if box is not None:
        purge(box, by=None, at=at)
    question.delete()
    record("reports.forget_question", actor=None, subject=question.id, at=at)


def _over(at: datetime) -> QuestionQuerySet:
    return Question.objects.filter(report__isnull=True, answered_at__lte=at - _kept())


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
