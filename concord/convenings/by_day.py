"""by_day: many sessions as days, so that nobody scrolls past three hundred that are over to the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone

from concord.convenings.models import Session, State

FEW = 40
"""So many are one list as they are."""
ON = (State.OPEN, State.PAUSED)


class Day(NamedTuple):
    """What begins on one day, by the clock that the page shows; `unfolds`: what is wanted now lies in it."""

    starts_at: datetime
    things: Sequence[Any]
    folds: bool
    unfolds: bool
    is_on: bool


def by_day(
    things: Sequence[Any], *, at: datetime, session_of: Callable[[Any], Session] = lambda one: one
) -> list[Day]:
    """Things with a session each, ordered by their starts, day by day; few of them as a single day that folds not."""
    if not things:
        return []
    if len(things) <= FEW:
        return [Day(session_of(things[0]).starts_at, things, False, True, False)]

    def day_of(thing: Any) -> date:
        return timezone.localdate(session_of(thing).starts_at)

    found = [list(group) for _day, group in groupby(things, key=day_of)]
    today = timezone.localdate(at)
    next_day = next((day_of(group[0]) for group in found if day_of(group[0]) >= today), None)
    days = []
    for group in found:
        is_on = any(session_of(one).state in ON for one in group)
        begins = session_of(group[0]).starts_at
        days.append(Day(begins, group, True, is_on or day_of(group[0]) == next_day, is_on))
    return days
