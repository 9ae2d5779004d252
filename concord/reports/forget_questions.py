"""forget_questions: what was asked about the policy goes a year after it was answered; unanswered, it stays (4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.outbox.clocks import erases
from concord.reports.models import Question
from concord.vault import files

MONTH = timedelta(days=30.5)


def due(at: datetime) -> Iterator[date]:
    for answered_at in _over(at).values_list("answered_at", flat=True):
        if answered_at:
            yield (answered_at + _kept()).date()


@erases("reports.forget_questions", _("questions that were answered"), due=due)
def forget_questions(*, at: datetime) -> int:
    """Erase them with their boxes. One that came as a report goes with it. Returns how many went."""
    questions = list(_over(at))
    for question in questions:
        _erase(question, at=at)
    return len(questions)


@transaction.atomic
def _erase(question: Question, *, at: datetime) -> None:
    files.destroy(question.file, by=None, at=at)
    for box in Box.objects.filter(id__in=[question.box] if question.box else []):
        purge(box, by=None, at=at)
    question.delete()
    record("reports.erase_question", actor=None, subject=question.id, at=at)


def _over(at: datetime) -> QuerySet[Question]:
    return Question.objects.filter(report__isnull=True, answered_at__lte=at - _kept())


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
