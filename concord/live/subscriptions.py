"""Who may listen to what: upper rooms lend an authoriser for each kind of stream.

A stream is named `kind:id`. Its authoriser may use the ORM: it runs in a small pool of threads,
whose database connection is given back before the first byte of the stream is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import close_old_connections

THREADS = 4

T = TypeVar("T")


class Event(NamedTuple):
    """Something that happened in a stream, as `hub.publish` takes it."""

    event: str
    data: dict[str, Any] | str
    number: int


Backlog = Callable[[str, int], "Iterable[Event] | None"]
"""`backlog(stream, after)`: the events after that number, or None when only a reload will do.

What it tells of a stream is the same for whoever may listen: those who come back together share one answer.
"""


class Grant(NamedTuple):
    """Leave to listen: who it is, to which of the streams asked for, and where the past is kept."""

    person: UUID
    streams: list[str]
    backlog: Backlog | None = None


Authorise = Callable[["str | None", str, list[str]], "Grant | None"]
"""`authorise(session_key, host, streams)`: None when nothing of it is there for this session."""

_authorisers: dict[str, Authorise] = {}
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")


def register(kind: str, authorise: Authorise) -> None:
    """Lend the authoriser for streams named `kind:…`; the last one lent counts."""
    _authorisers[kind] = authorise


async def authorise(session_key: str | None, host: str, streams: list[str]) -> Grant | None:
    """Ask the authoriser of each kind among the streams. None unless all know the same person."""
    return await in_pool(_authorise, session_key, host, streams)


async def in_pool(ask: Callable[..., T], *args: Any) -> T:
    """Run a question that may use the ORM in the pool; no connection is kept."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _returning, ask, args)


def _returning(ask: Callable[..., T], args: tuple[Any, ...]) -> T:
    close_old_connections()
    try:
        return ask(*args)
    finally:
        close_old_connections()


def _authorise(session_key: str | None, host: str, streams: list[str]) -> Grant | None:
    kinds: dict[str, list[str]] = {}
    for stream in streams:
        kinds.setdefault(stream.partition(":")[0], []).append(stream)
    grants = {}
    for kind, names in kinds.items():
        lent = _authorisers.get(kind)
        grant = lent(session_key, host, names) if lent else None
        if grant is None:
            return None
        grants[kind] = grant
    if len({grant.person for grant in grants.values()}) != 1:
        return None
    return _together(grants, streams)


def _together(grants: dict[str, Grant], asked: list[str]) -> Grant:
    granted = {name for grant in grants.values() for name in grant.streams}

    def backlog(stream: str, after: int) -> Iterable[Event] | None:
        kept = grants[stream.partition(":")[0]].backlog
        return None if kept is None else kept(stream, after)

    person = next(iter(grants.values())).person
    return Grant(person, [name for name in asked if name in granted], backlog)
