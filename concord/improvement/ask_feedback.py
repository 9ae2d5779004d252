"""ask_feedback: when all is done, a page in the reporter's box offers to say how it went; nothing waits for it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from concord.cases.models import Source
from concord.cases.models import State as CaseState
from concord.letterbox.models import Answer, Box
from concord.letterbox.replace import replace
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.models import Report, State
from concord.reports.own_copy import ASKED, FEEDBACK


@transaction.atomic
def ask_feedback(*, at: datetime) -> int:
    """Lay the offer in each box whose report is set aside or in a closed case, once. Returns how many.

    No letter goes out: whoever never comes back is never asked.
    """
    closed = Source.objects.filter(case__state=CaseState.CLOSED, report__isnull=False)
    over = Report.objects.filter(
        Q(state=State.SET_ASIDE) | Q(id__in=closed.values("report")), box__isnull=False
    )
    asked = Answer.objects.filter(kind=FEEDBACK).values("box")
    boxes = list(Box.objects.filter(id__in=over.values("box")).exclude(id__in=asked))
    for box in boxes:
        replace(box, ASKED, kind=FEEDBACK, at=at)
    return len(boxes)


@every("improvement.ask_feedback", seconds=600)
def ask_every_ten_minutes(job: Job, *, at: datetime) -> None:
    """The clock of it."""
    ask_feedback(at=at)


def month_of(at: datetime) -> date:
    """Its first day: no time finer than that is kept."""
    return at.date().replace(day=1)
