"""Signals of pace: many posts by one person in a moment, the same text in many rooms or from many people.

What is compared lives in this process for some minutes and is written nowhere: a table of who wrote how often would be
a log of people. With several processes each hears of the others' posts, by room and number, and reads them as it does
for its listeners, so that a flood which is spread over processes is seen whole. While Redis is away each sees its own.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from concord.monitoring.screening.folding import fold
from concord.monitoring.screening.found import Signal
from concord.spaces.hooks import post_heard
from concord.spaces.models import Post

BURST = 8
BURST_WITHIN = timedelta(seconds=20)
FLAGS, FLAGS_WITHIN = 10, timedelta(minutes=10)
"""More flags than this by one participant in that time are folded, never refused."""
ROOMS, PEOPLE = 3, 4
SAME_WITHIN = timedelta(minutes=10)
SHORTEST = 25
"""Signs, without which the same text is a greeting."""
SHORTEST_BY_MANY = 60
"""Signs, without which the same text by several people in one room is a room that says thank you."""
POINTS_ELSEWHERE = re.compile(r"\d|@|://|\bwww\.|\w\.\w", re.IGNORECASE)
"""A number, somebody's name with its sign, an address: these are passed on for a purpose, however short."""
BETWEEN = re.compile(r"[\W_]+")
"""What stands between letters makes no other text."""
REMEMBERED = 5_000
BURST_RANK, SAME_RANK = 55, 60


class Said(NamedTuple):
    post: UUID
    at: datetime
    room: UUID
    person: UUID | None


_by_flagger: OrderedDict[UUID, deque[datetime]] = OrderedDict()
_by_person: OrderedDict[UUID, deque[tuple[UUID, datetime]]] = OrderedDict()
_by_text: OrderedDict[int, deque[Said]] = OrderedDict()
_turn = Lock()


def signals_of_pace(post: Post, *, at: datetime) -> list[Signal]:
    """What this post adds to those just before it."""
    if post.registration_id is None:
        return []
    with _turn:
        return [*_burst(post.registration_id, post, at), *_same(post, at)]


@post_heard
def remember(posts: Sequence[Post]) -> None:
    """What was posted before another process counts here too. It asks nobody: that process has."""
    with _turn:
        for post in posts:
            if post.registration_id is not None and post.posted_at is not None:
                _written(post.registration_id, post, post.posted_at)
                _said(post, post.posted_at)


def raises_very_many(person: UUID, *, at: datetime) -> bool:
    """Whether this person has raised so many flags just now that one more stands beneath those of others."""
    with _turn:
        times = _by_flagger.setdefault(person, deque(maxlen=FLAGS + 1))
        _by_flagger.move_to_end(person)
        times.append(at)
        if len(_by_flagger) > REMEMBERED:
            _by_flagger.popitem(last=False)
        return len(times) > FLAGS and at - times[0] <= FLAGS_WITHIN


def forget_pace() -> None:
    _by_flagger.clear()
    _by_person.clear()
    _by_text.clear()


def _burst(person: UUID, post: Post, at: datetime) -> list[Signal]:
    written = _written(person, post, at)
    times = [one for _post, one in written]
    if len(times) < BURST or max(times) - min(times) > BURST_WITHIN:
        return []
    written.clear()  # one item for one burst
    return [Signal("burst", 0, len(post.text), BURST_RANK, "burst")]


def _same(post: Post, at: datetime) -> list[Signal]:
    lately = [one for one in _said(post, at) if abs(at - one.at) <= SAME_WITHIN]
    rooms, people = {one.room for one in lately}, {one.person for one in lately}
    by_many = len(people) >= PEOPLE and (
        len(post.text) >= SHORTEST_BY_MANY or POINTS_ELSEWHERE.search(post.text) is not None
    )
    if len(rooms) < ROOMS and not by_many:
        return []
    return [Signal("many rooms", 0, len(post.text), SAME_RANK, "many rooms")]


def _written(person: UUID, post: Post, at: datetime) -> deque[tuple[UUID, datetime]]:
    """What this person wrote lately and when, this post included; a post that is heard of twice counts once."""
    written = _by_person.setdefault(person, deque(maxlen=BURST))
    _by_person.move_to_end(person)
    if all(post.id != known for known, _at in written):
        written.append((post.id, at))
    if len(_by_person) > REMEMBERED:
        _by_person.popitem(last=False)
    return written


def _said(post: Post, at: datetime) -> deque[Said]:
    """Where and by whom this text was said lately, this time included; nothing for a text that is a greeting."""
    if len(post.text) < SHORTEST:
        return deque()
    key = hash((post.room.convening_id, BETWEEN.sub("", fold(post.text))))
    said = _by_text.setdefault(key, deque(maxlen=50))
    _by_text.move_to_end(key)
    if all(post.id != one.post for one in said):
        said.append(Said(post.id, at, post.room_id, post.author_id))
    if len(_by_text) > REMEMBERED:
        _by_text.popitem(last=False)
    return said
