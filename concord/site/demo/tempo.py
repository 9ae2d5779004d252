"""When the next line is said: at the tempo of real chat, built in or read from a file of somebody's own."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, groupby
from pathlib import Path
from typing import NamedTuple

from concord.site.demo import script

COLUMNS = ("day", "time", "person", "text")
LONGEST_SILENCE = 30.0
LONGEST_TEXT = 2_000
LONGEST_FILE = 50_000_000


class BadTempo(Exception):
    """The file is not what it should be; the message says where and why."""


class Turn(NamedTuple):
    """Wait so many seconds, then let this bystander say this in that session."""

    wait: float
    session: str
    who: str
    text: str


class Row(NamedTuple):
    """One line of a file: which day, which minute of it, who, what."""

    day: str
    minute: int
    person: str
    text: str


def built_in() -> Iterator[Turn]:
    """Our own words for ever, in bursts and lulls as people talk: some lines follow at once, some late."""
    spoken = script.lines()
    for line in spoken[script.SAID_BEFORE :]:
        yield Turn(_pause(), *line)
    for line in cycle(spoken):
        yield Turn(_pause(), *line)


def read_tempo(path: Path) -> list[Row]:
    """The rows of a CSV with the columns day, time (HH:MM), person and text. Raises BadTempo."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise BadTempo(f"{path} is larger than {LONGEST_FILE // 1_000_000} MB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(path, csv.DictReader(file))
    except OSError as error:
        raise BadTempo(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTempo(f"{path} is not a CSV in UTF-8: {error}") from error


def from_rows(rows: list[Row]) -> Iterator[Turn]:
    """The file's own words at its own minutes, for ever; lines of one minute are spread over it.

    Nobody waits longer than LONGEST_SILENCE. Its persons are given to the bystanders in turn.
    """
    names = list(script.BYSTANDERS)
    parts: dict[str, str] = {}
    for row in rows:
        parts.setdefault(row.person, names[len(parts) % len(names)])
    sessions = cycle(script.SESSIONS)
    rooms = {day: next(sessions) for day in dict.fromkeys(row.day for row in rows)}
    while True:
        for row, wait in _waits(rows):
            yield Turn(wait, rooms[row.day], parts[row.person], row.text)


def _waits(rows: list[Row]) -> Iterator[tuple[Row, float]]:
    before: tuple[str, int] | None = None
    for (day, minute), together in groupby(rows, key=lambda row: (row.day, row.minute)):
        lines = list(together)
        apart = 60.0 / len(lines)
        same_day = before is not None and before[0] == day
        silence = 60.0 * (minute - before[1] - 1) if same_day and before else 0.0
        for place, row in enumerate(lines):
            gap = apart + (max(silence, 0.0) if place == 0 else 0.0)
            yield row, min(gap, LONGEST_SILENCE)
        before = (day, minute)


def _pause() -> float:
    """Log-normal, as gaps in chat are: half of them under five seconds, one in ten over twelve."""
    return min(random.lognormvariate(1.6, 0.75), LONGEST_SILENCE)


def _rows(path: Path, reader: csv.DictReader[str]) -> list[Row]:
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise BadTempo(
            f"{path} lacks the columns {', '.join(missing)}; it needs {', '.join(COLUMNS)}"
        )
    rows = [_row(path, reader.line_num, fields) for fields in reader]
    if not rows:
        raise BadTempo(f"{path} has no lines")
    return rows


def _row(path: Path, number: int, fields: dict[str, str | None]) -> Row:
    text = (fields["text"] or "").strip()
    person = (fields["person"] or "").strip()
    if not text or not person:
        raise BadTempo(f"{path}, line {number}: person and text must not be empty")
    return Row(
        fields["day"] or "",
        _minute(path, number, fields["time"] or ""),
        person,
        text[:LONGEST_TEXT],
    )


def _minute(path: Path, number: int, typed: str) -> int:
    hours, colon, minutes = typed.strip().partition(":")
    if (
        colon
        and hours.isdecimal()
        and minutes.isdecimal()
        and int(hours) < 24
        and int(minutes) < 60
    ):
        return int(timedelta(hours=int(hours), minutes=int(minutes)).total_seconds() // 60)
    raise BadTempo(f"{path}, line {number}: {typed!r} is not a time like 14:05")
