"""follow_news: hear what other processes say through Redis, and compare with the database what may have been lost.

Where there is no Redis it only compares: a worker of its own, or a second process, is heard a few seconds late.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

from django.db import close_old_connections

from concord.live import relay
from concord.live.relay import STREAM, Word, line

BEAT = 1.0
"""Seconds between two comparisons with the database."""
AT_ONCE = 500
WAIT = 300
"""Milliseconds that one reading waits: less than the line's own patience."""

logger = logging.getLogger("concord.live")
_catch_up: list[Callable[[], None]] = []
_merge: dict[str, Callable[[list[Word]], list[Word]]] = {}


def catches_up(compare: Callable[[], None]) -> Callable[[], None]:
    """Register what brings this process's streams up to what the database holds. It runs every second."""
    _catch_up.append(compare)
    return compare


def merges(kind: str, merge: Callable[[list[Word]], list[Word]]) -> None:
    """Register how many words of one kind that came together become fewer."""
    _merge[kind] = merge


def follow_news(stopping: Event) -> None:
    """Until `stopping`: read, hear, compare. Redis may go and come back; the comparison goes on meanwhile."""
    place: str | None = None
    compared_at = 0.0
    while not stopping.is_set():
        place, words = _read(place, stopping)
        compare = time.monotonic() - compared_at >= BEAT
        if compare:
            compared_at = time.monotonic()
            line.knock()
        _let_hear(words, compare=compare)


def _let_hear(words: list[Word], *, compare: bool) -> None:
    close_old_connections()
    for each in _catch_up if compare else []:
        _try(each)
    _try(partial(_hear, words))
    close_old_connections()


def _hear(words: list[Word]) -> None:
    for word in _merged(words):
        _try(partial(relay.hear, word))


def _try(act: Callable[[], None]) -> None:
    """What fails keeps nothing else from being told: the database is away, say; the next comparison finds it."""
    try:
        act()
    except Exception:
        logger.exception("What was new could not be told here")


def _read(place: str | None, stopping: Event) -> tuple[str | None, list[Word]]:
    """What is new, and up to where; nothing, a beat later, where Redis does not answer or is none."""
    if line.client() is None:
        stopping.wait(BEAT)
        return None, []
    from redis import RedisError

    try:
        place, words = _read_after(place)
    except RedisError:
        line.reads = False
        line.broke()
        stopping.wait(BEAT)
        return None, []
    line.reads = True
    return place, words


def _read_after(place: str | None) -> tuple[str, list[Word]]:
    """What was said after a place in the stream, waiting for a second at most. None is its end as it is now."""
    client = line.client()
    if place is None:
        newest = client.xrevrange(STREAM, count=1)
        return (newest[0][0] if newest else "0-0"), []
    answer: list[Any] = client.xread({STREAM: place}, count=AT_ONCE, block=WAIT)
    words = []
    for _stream, entries in answer or []:
        for id, fields in entries:
            place = id
            word = relay.read(fields["w"])
            if word is not None:
                words.append(word)
    return place, words


def _merged(words: list[Word]) -> list[Word]:
    merged: list[Word] = []
    for kind in dict.fromkeys(word.kind for word in words):
        same = [word for word in words if word.kind == kind]
        merged += _merge[kind](same) if kind in _merge else same
    return merged
