"""An event as a file tells it: names, days and times, and the guidelines of each session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from concord.site.toml_file import NotUnderstood, check_table, read_table

EVENT = {"name": str, "address": str, "zone": str, "session": list}
SESSION = {"name": str, "day": int, "from": time, "to": time, "guidelines": str}
KINDS = {
    str: "a text",
    int: "a number",
    list: "given as [[session]]",
    time: "a time, as 10:00:00 without quotes",
}


@dataclass(frozen=True)
class PlannedSession:
    """A part of the event. `day` counts from 1; the times are those of the event's zone."""

    name: str
    day: int
    starts: time
    ends: time
    guidelines: str


@dataclass(frozen=True)
class PlannedEvent:
    """An event that can be planned on any day."""

    name: str
    address: str
    zone: str
    sessions: tuple[PlannedSession, ...]


def read_event(file: Path) -> PlannedEvent:
    """The event in a TOML file. Raises NotUnderstood, OSError."""
    told = read_table(file)
    told = {"zone": "UTC", **told}
    _check(told, EVENT, where="the file")
    if not told["session"]:
        raise NotUnderstood("an event has at least one [[session]]")
    sessions = [_session(each, number) for number, each in enumerate(told["session"], start=1)]
    return PlannedEvent(told["name"], told["address"], told["zone"], tuple(sessions))


def _session(told: Any, number: int) -> PlannedSession:
    where = f"session {number}"
    if not isinstance(told, dict):
        raise NotUnderstood(f"{where} should be a table, [[session]]")
    _check(told, SESSION, where=where)
    if told["day"] < 1:
        raise NotUnderstood(f"day of {where} counts from 1")
    return PlannedSession(told["name"], told["day"], told["from"], told["to"], told["guidelines"])


def _check(told: Mapping[str, Any], known: Mapping[str, type], *, where: str) -> None:
    check_table(told, known, where=where, whose="an event", kinds=KINDS)
