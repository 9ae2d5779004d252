"""Which verb runs for which kind of job. Rooms register; the worker looks up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from concord.outbox.models import Job


class Handler(Protocol):
    def __call__(self, job: Job, *, at: datetime) -> object: ...


_handlers: dict[str, Handler] = {}
_periods: dict[str, int] = {}
_strangers: set[str] = set()


def handles(kind: str, *, stranger: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of one kind of job. It must be safe to run twice.

    `stranger` for what waits for a server of others: such jobs run beside the rest, which never wait for them.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if stranger:
            _strangers.add(kind)
        return handler

    return register


def every(kind: str, *, seconds: int) -> Callable[[Handler], Handler]:
    """Register a handler that runs again and again, `seconds` after it last ended, in one worker at a time."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        _periods[kind] = seconds
        return handler

    return register


def handler_of(kind: str) -> Handler | None:
    return _handlers.get(kind)


def periods() -> dict[str, int]:
    return dict(_periods)


def strangers() -> set[str]:
    """The kinds that wait for a server of others."""
    return set(_strangers)
