"""move: a case goes from one state to the next, along the table and no other way (workflow.md 4.4, I-PROC-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.cases.models import TRANSITIONS, Case, Closing, State
from concord.cases.signals import came_back
from concord.ledger.record import record
from concord.refusals import Refused


class NoSuchTransition(Refused):
    """The table has no way from here to there."""

    words = _("This case is not where that can be done. Reload the page to see how it stands.")
    status = 409


def move(case: Case, to: State, *, at: datetime) -> None:
    """Move a case whose row is locked; every verb that changes the state of a case comes through here.

    What somebody decided about doing nothing ends where something is done after all. Raises `NoSuchTransition`.
    """
    if to not in TRANSITIONS[State(case.state)]:
        raise NoSuchTransition(subject=case.id)
    if to in (State.ACTION_PENDING, State.REOPENED, State.MERGED):
        case.no_actions.standing().update(ended_at=at)
    if case.state == State.FOLLOW_UP:
        case.follow_ups.filter(ended_at__isnull=True).update(ended_at=at)
    moved = Case.objects.filter(id=case.id, state=case.state).update(state=to)
    if not moved:
        raise NoSuchTransition(subject=case.id)
    case.state = to


def rests(case: Case) -> bool:
    """Whether it was brought to an end, or on the way there, and can be taken up again."""
    return State.REOPENED in TRANSITIONS[State(case.state)]


def reopen(case: Case, *, by: UUID | None, at: datetime) -> None:
    """Take up again a case that rests; also where a merge, a recusal or a new proposal brings it about.

    Its old readers are asked for conflicts by whoever does it (`common_readers`). With nobody's key at hand, `by`
    None, it announces `came_back`, and they are asked by what can be told without one.
    """
    Closing.objects.filter(case=case, reopened_at__isnull=True).update(
        reopened_at=at, reopened_by=by
    )
    move(case, State.REOPENED, at=at)
    record("cases.reopen", actor=by, subject=case.id, at=at)
    if by is None:
        came_back.send(sender=Case, case=case, at=at)
