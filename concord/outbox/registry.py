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


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of one kind of job. It must be safe to run twice."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
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
