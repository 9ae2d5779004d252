"""happening: whether what is proposed or carried out is about something that goes on now (workflow.md 4.9).

One rule for how long a colleague is waited for, a hand, and a platform outside. Nobody may sleep through the middle
of an event because a step has no place of its own: deleting a post is done where the post is, and all of it is about
what the case rests on.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from concord.access.models import Place
from concord.cases.models import Case
from concord.cases.presence import is_live
from concord.concurrence.models import Warrant
from concord.concurrence.terms import Target
from concord.convenings.running import is_running
from concord.spaces.models import Room


def is_happening(
    case: Case, *, targets: Iterable[Target] = (), warrants: Iterable[Warrant] = ()
) -> bool:
    """Whether an event runs where these steps hold, where their posts stand, or where the case comes from."""
    return is_running(places_of(targets=targets, warrants=warrants)) or is_live(case)


def places_of(*, targets: Iterable[Target] = (), warrants: Iterable[Warrant] = ()) -> set[Place]:
    """Where these steps hold, and where their posts stand."""
    steps = [(one.id, one.scope_kind, one.scope_id) for one in targets]
    steps += [(one.target, one.scope_kind, one.scope_id) for one in warrants]
    scopes = {Place(kind, scope) for _id, kind, scope in steps if kind}
    return scopes | _rooms_of(id for id, _kind, _scope in steps)


def as_row(places: Iterable[Place]) -> list[list[str | None]]:
    """As they are kept beside a version: kinds and ids, and nothing of whom it is about."""
    pairs = ((one.kind, str(one.id) if one.id else None) for one in places)
    return sorted((list(pair) for pair in pairs), key=str)


def out_of_row(row: list[list[str | None]] | None) -> set[Place]:
    """The same places again; none, where none were kept."""
    return {Place(str(kind), UUID(id) if id else None) for kind, id in row or ()}


def _rooms_of(targets: Iterable[UUID]) -> set[Place]:
    """Where those of them stand that are posts."""
    return {room.place for room in Room.objects.filter(posts__in=list(targets)).distinct()}
