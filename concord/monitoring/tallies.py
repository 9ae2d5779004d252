"""How often each rule of screening asked at an event, and how often nobody had to act; no number is about one post.

Whoever wrote a post is kept from the flag on it. Were the numbers told at once, they would see theirs come, and by the
answer that never follows that a case was opened (K-CONF-1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from concord.monitoring.models import RuleTally

STEP = 5
LONGEST = 120


class Tally(NamedTuple):
    """A rule and its numbers: at least so many."""

    rule: str
    asked: int
    dismissed: int


def count_asked(convening: UUID, rules: Iterable[str], *, at: datetime) -> None:
    """Each of these rules asked for a look once more.

    The rows are the last to be held, one after the other by name, as whoever answers an item does: a raid is in many
    rooms, and all of its posts count here.
    """
    for rule in sorted({rule[:LONGEST] for rule in rules}):
        tally, _is_new = RuleTally.objects.get_or_create(convening_id=convening, rule=rule)
        _count(tally.id, at, asked=1)


def count_dismissed(convening: UUID, rules: Iterable[str], *, at: datetime) -> None:
    """What these rules asked about needed no action; a rule counts as often as it is named. In the same order."""
    for rule, times in sorted(Counter(rule[:LONGEST] for rule in rules).items()):
        known = RuleTally.objects.filter(convening=convening, rule=rule)
        for id in known.values_list("id", flat=True):
            _count(id, at, dismissed=times)


def tallies_of(convening: UUID, *, at: datetime) -> list[Tally]:
    """As they stood when the day began, in steps of `STEP`; what asked less often is not there."""
    today = at.date()
    told = [
        Tally(one.rule, _step(one.asked_before), _step(one.dismissed_before))
        if one.day == today
        else Tally(one.rule, _step(one.asked), _step(one.dismissed))
        for one in RuleTally.objects.filter(convening=convening)
    ]
    return sorted((one for one in told if one.asked), key=lambda one: (-one.asked, one.rule))


def _count(id: int, at: datetime, *, asked: int = 0, dismissed: int = 0) -> None:
    today, tally = at.date(), RuleTally.objects.filter(id=id)
    tally.exclude(day=today).update(
        day=today, asked_before=F("asked"), dismissed_before=F("dismissed")
    )
    tally.update(asked=F("asked") + asked, dismissed=F("dismissed") + dismissed)


def _step(number: int) -> int:
    return number // STEP * STEP
