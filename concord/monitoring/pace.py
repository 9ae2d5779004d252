"""Signals of pace: many posts by one person in a moment, the same text in many rooms or from many people.

What is compared lives in this process for some minutes and is written nowhere: a table of who wrote how often would be
a log of people. With several processes each sees its own share.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from concord.monitoring.screening.folding import fold
from concord.monitoring.screening.found import Signal
from concord.spaces.models import Post

BURST = 8
BURST_WITHIN = timedelta(seconds=20)
ROOMS, PEOPLE = 3, 4
SAME_WITHIN = timedelta(minutes=10)
SHORTEST = 25
"""Signs, without which the same text is a greeting."""
REMEMBERED = 5_000
BURST_RANK, SAME_RANK = 55, 60


class Said(NamedTuple):
    at: datetime
    room: UUID
    person: UUID | None


_by_person: OrderedDict[UUID, deque[datetime]] = OrderedDict()
_by_text: OrderedDict[int, deque[Said]] = OrderedDict()
_turn = Lock()


def signals_of_pace(post: Post, *, at: datetime) -> list[Signal]:
    """What this post adds to those just before it."""
    if post.registration_id is None:
        return []
    with _turn:
        return [*_burst(post.registration_id, post, at), *_same(post, at)]


def forget_pace() -> None:
    _by_person.clear()
    _by_text.clear()


def _burst(person: UUID, post: Post, at: datetime) -> list[Signal]:
    times = _by_person.setdefault(person, deque(maxlen=BURST))
    _by_person.move_to_end(person)
    times.append(at)
    if len(_by_person) > REMEMBERED:
        _by_person.popitem(last=False)
    if len(times) < BURST or at - times[0] > BURST_WITHIN:
        return []
    times.clear()  # one item for one burst
    return [Signal("burst", 0, len(post.text), BURST_RANK, "burst")]


def _same(post: Post, at: datetime) -> list[Signal]:
    if len(post.text) < SHORTEST:
        return []
    key = hash((post.room.convening_id, "".join(fold(post.text).split())))
    said = _by_text.setdefault(key, deque(maxlen=50))
    _by_text.move_to_end(key)
    said.append(Said(at, post.room_id, post.author_id))
    if len(_by_text) > REMEMBERED:
        _by_text.popitem(last=False)
    lately = [one for one in said if at - one.at <= SAME_WITHIN]
    rooms, people = {one.room for one in lately}, {one.person for one in lately}
    if len(rooms) < ROOMS and len(people) < PEOPLE:
        return []
    return [Signal("many rooms", 0, len(post.text), SAME_RANK, "many rooms")]
