"""Clocks that erase: each room says what it keeps until when, and one command can tell what would go.

A clock is a job that runs every hour, and a question: which days are due, one for each thing. It tells counts
and days and nothing else, so that whoever keeps the machines may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils.functional import Promise as Words

from concord.outbox.models import Job
from concord.outbox.registry import every

HOURLY = 3600


class Clock(NamedTuple):
    """What is erased (in words), the days since when it may be, and what erases it."""

    kind: str
    words: str | Words
    due: Callable[[datetime], Iterable[date]]
    run: Callable[..., object]


_clocks: dict[str, Clock] = {}


def erases(
    kind: str,
    words: str | Words,
    *,
    due: Callable[[datetime], Iterable[date]],
    seconds: int = HOURLY,
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register a verb `run(at=…)` that erases what is over its time, as a job and for `concord purge`."""

    def register(run: Callable[..., object]) -> Callable[..., object]:
        _clocks[kind] = Clock(kind, words, due, run)

        def tick(job: Job, *, at: datetime) -> None:
            run(at=at)

        every(kind, seconds=seconds)(tick)
        return run

    return register


def clocks() -> list[Clock]:
    """Every clock, in the order in which the rooms were loaded."""
    return list(_clocks.values())
