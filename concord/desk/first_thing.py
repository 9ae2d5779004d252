"""The first thing that waits for a person: one line at the top of the inbox, and where a notice leads.

What somebody waits for at this moment stands in one order; what has a promise or a day of its own stands by that, and
moves up when it is due. Of each kind the row that is due first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from concord.concurrence.models import Version
from concord.desk.waiting import Waiting
from concord.reports.models import UNANSWERED

SOON = timedelta(hours=1)
"""What is due within the hour counts as now."""
A_DAY = timedelta(days=1)


class First(NamedTuple):
    """What it is, where it stands, by when; how many of its kind wait, and when it lapses.

    `once`: opening it clears something that waits for others as well.
    """

    kind: str
    url: str
    due_at: datetime | None = None
    how_many: int = 1
    lapses_at: datetime | None = None
    once: bool = False


def first_thing(waiting: Waiting, *, at: datetime) -> First | None:
    """The most pressing of all that waits; None where nothing does."""
    found = [*_asked(waiting), *_hands(waiting), *_came_in(waiting), *_promised(waiting)]
    return min(found, key=lambda one: max(one.due_at or at, at + SOON), default=None)


def _asked(waiting: Waiting) -> Iterator[First]:
    """Somebody waits for it at this moment, or may be in danger."""
    for attempt in waiting.attempts[:1]:
        yield First("attempt", _to("attempt", attempt.id))
    for cover in waiting.covers[:1]:
        yield First("cover", _to("case", cover.case_id))
    for ask in waiting.handovers[:1]:
        yield First("handover", _to("asked_to_take", ask.id))
    yield from _proposals("press", waiting.presses)
    for report in waiting.added[:1]:
        yield First("added", _to("staff_report", report.id), once=True)
    yield from _proposals("asked", waiting.asked)
    yield from _changed(waiting, "coordinator", "undone")


def _hands(waiting: Waiting) -> Iterator[First]:
    """What two people decided and a third has to do."""
    for step in waiting.by_hand:
        yield First("by_hand", _to("decision", step.decision_id), step.due_at)
    for late in waiting.unheld[:1]:
        yield First("unheld", _to("decision", late.unheld.decision_id), late.unheld.rung_at)
    for one in waiting.elsewhere:
        if one.is_by_hand:
            yield First("elsewhere", _to("decision", one.decision_id), one.due_at)


def _came_in(waiting: Waiting) -> Iterator[First]:
    for item in waiting.flags[:1]:
        yield First("flag", _to("flag", item.flag.id), how_many=waiting.how_many_flags)
    for flag in waiting.machine.put_forward[:1]:
        yield First("machine", _to("flag", flag.id))
    for item in waiting.caseless[:1]:
        yield First("caseless", _to("flag", item.flag.id))
    yield from _changed(waiting, "no", "deputy")


def _promised(waiting: Waiting) -> Iterator[First]:
    """Each by when it was promised, or the day that was set."""
    for report, _others in waiting.reports:
        kind = "report" if report.state in UNANSWERED else "in_no_case"
        where, once = _to("staff_report", report.id), report.added_at is not None
        yield First(kind, where, report.answer_by, once=once)
    for late in waiting.unconfirmed:
        yield First("unconfirmed", _to("decision", late.decision_id), late.due_at)
    for review, _others in waiting.reviews.rows:
        yield First("review", _to("review_request", review.id), review.answer_due_at)
    for question, _others in waiting.questions.rows:
        yield First("question", _to("policy_question", question.id), question.answer_by)
    for member in waiting.later:
        yield First("later", _to("later_member", member.id), member.due_at)
    for left in waiting.no_actions:
        yield First("no_action", _to("no_action", left.id), left.decided_at + A_DAY)
    for look in waiting.looks:
        yield First("look", _to("decision", look.decision_id), _begin_of(look.due_on))
    yield from _changed(waiting, "untouched")
    for check_in in waiting.check_ins:
        url = _to("keeping", check_in.follow_up.case_id)
        yield First("check_in", url, _begin_of(check_in.due_on))


def _proposals(kind: str, versions: list[Version]) -> Iterator[First]:
    for one in versions[:1]:
        url = _to("proposal", one.proposal_id)
        kind = "orphaned" if getattr(one, "is_orphaned", False) else kind
        yield First(kind, url, how_many=len(versions), lapses_at=one.lapses_at)


def _changed(waiting: Waiting, *kinds: str) -> Iterator[First]:
    for kind in kinds:
        for one in waiting.changed:
            if one.why == kind:
                yield First(kind, _to("case", one.case.id))


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _to(page: str, id: UUID) -> str:
    return reverse(page, args=[id])
