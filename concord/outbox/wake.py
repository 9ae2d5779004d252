"""A bell between the request that leaves a job and the worker thread of the same process."""

from __future__ import annotations

from threading import Event

_bell = Event()


def wake() -> None:
    """Ring: something may be due now."""
    _bell.set()


def wait(seconds: float) -> None:
    """Sleep until the bell rings, at most this long."""
    _bell.wait(seconds)
    _bell.clear()
