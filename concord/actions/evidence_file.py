"""The evidence as a file: one JSON object a line, first what it is, last how many lines there were and their hash.

Written by the house, read by somebody who trusts neither the house nor the file: whatever is not exactly as it is
written here is refused in words, with the number of its line, and nothing is read beyond fixed bounds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, BinaryIO, get_args, get_type_hints
from uuid import UUID

from concord.actions.evidence import KINDS, Anchor, Entry, Evidence

FORMAT = 1
WHAT = "concord evidence"
LONGEST_LINE = 200_000
"""Bytes. The longest that is written is a manifest of 200 steps, some 15,000."""
MOST = 500_000
"""Rows of one kind that are kept in memory; entries of the ledger are walked and let go."""
MOST_KEYS = {"recovery": 500, "key": 5_000}
MOST_LINES = 50_000_000
ALL_KINDS: dict[str, type] = KINDS | {"anchor": Anchor, "entry": Entry}


class NotEvidence(ValueError):
    """The file cannot be judged; the message says where and why."""


@dataclass
class Reading:
    """What a file held: the evidence, where the chain begins, when it was written. Entries are yielded apart."""

    made_at: datetime
    evidence: Evidence = field(default_factory=Evidence)
    anchor: Anchor | None = None
    lines: int = 0


def written(rows: Iterable[tuple[str, Any]], *, made_at: datetime) -> Iterator[bytes]:
    """The file, line by line."""
    hashed, count = hashlib.sha256(), 0
    first = {"row": WHAT, "format": FORMAT, "made_at": made_at.isoformat()}
    for line in (_line(each) for each in _objects(first, rows)):
        hashed.update(line)
        count += 1
        yield line
    yield _line({"row": "end", "lines": count, "sha256": hashed.hexdigest()})


def _objects(first: dict[str, Any], rows: Iterable[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    for kind, row in rows:
        yield {"row": kind} | {each.name: _plain(getattr(row, each.name)) for each in fields(row)}


def _line(thing: dict[str, Any]) -> bytes:
    return json.dumps(thing, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a moment is a date, too
        return value.isoformat()
    return value


def read(file: BinaryIO, reading: Reading) -> Iterator[Entry]:
    """Read the lines into `reading`; yield the ledger's entries in their order. Raises NotEvidence.

    Nothing that was read counts before the last line was: a file that was cut is refused at its end.
    """
    hashed = hashlib.sha256()
    for line, told in _lines(file):
        reading.lines += 1
        if told.get("row") == "end":
            if (told.get("lines"), told.get("sha256")) != (reading.lines - 1, hashed.hexdigest()):
                raise NotEvidence("the last line does not fit the lines before it")
            if file.read(1):
                raise NotEvidence("something stands after the last line")
            return
        hashed.update(line)
        if reading.lines == 1:
            reading.made_at = _first(told)
            continue
        try:
            entry = _take(told, reading)
        except (ValueError, TypeError) as error:
            raise NotEvidence(f"line {reading.lines}: {error}") from error
        if entry is not None:
            yield entry
    raise NotEvidence("the file ends too early: its last line is not there")


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, dict[str, Any]]]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE or number > MOST_LINES:
            raise NotEvidence(f"line {number}: longer than anything that is written here")
        try:
            told = json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise NotEvidence(f"line {number}: not JSON as it is written here") from error
        if not isinstance(told, dict):
            raise NotEvidence(f"line {number}: not an object")
        yield line, told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name stands twice")
    return told


def _first(told: dict[str, Any]) -> datetime:
    if told.get("row") != WHAT:
        raise NotEvidence("this is not evidence of Concord")
    if told.get("format") != FORMAT:
        raise NotEvidence("this evidence is of another format; use the version that wrote it")
    try:
        made_at = _moment(told.get("made_at"))
    except (ValueError, TypeError) as error:
        raise NotEvidence(f"line 1: {error}") from error
    return made_at


def _take(told: dict[str, Any], reading: Reading) -> Entry | None:
    kind = told.pop("row", None)
    if not isinstance(kind, str) or kind not in ALL_KINDS:
        raise ValueError("a kind of row that is not known")
    row = _row(ALL_KINDS[kind], told)
    if isinstance(row, Entry):
        return row
    if isinstance(row, Anchor):
        if reading.anchor is not None:
            raise ValueError("the chain begins twice")
        reading.anchor = row
        return None
    if len(reading.evidence.rows[kind]) >= MOST_KEYS.get(kind, MOST):
        raise ValueError(f"more rows of {kind} than can be judged")
    reading.evidence.add(kind, row)
    return None


def _row(model: type, told: dict[str, Any]) -> Any:
    wanted = _types(model)
    if told.keys() != wanted.keys():
        raise ValueError("other fields than are written here")
    return model(**{name: _parsed(name, told[name], kind) for name, kind in wanted.items()})


@cache
def _types(model: type) -> dict[str, tuple[type, bool]]:
    """Each field's type, and whether it may be missing."""
    hints = get_type_hints(model)
    found = {}
    for each in fields(model):
        options = get_args(hints[each.name])
        if NoneType in options:
            found[each.name] = (next(one for one in options if one is not NoneType), True)
        else:
            found[each.name] = (getattr(hints[each.name], "__origin__", hints[each.name]), False)
    return found


def _parsed(name: str, value: Any, kind: tuple[type, bool]) -> Any:
    wanted, may_be_missing = kind
    if value is None and may_be_missing:
        return None
    try:
        if wanted in _PARSERS:
            return _PARSERS[wanted](value)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{name} cannot be read") from error
    if type(value) is not wanted or (isinstance(value, int) and abs(value) >= 1 << 63):
        raise ValueError(f"{name} cannot be read")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None or moment.isoformat() != value:
        raise ValueError("not a moment as it is written here")
    return moment


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _uuid(value: Any) -> UUID:
    found = UUID(_text(value))
    if str(found) != value:
        raise ValueError("not an id as it is written here")
    return found


_PARSERS: dict[type, Any] = {
    UUID: _uuid,
    bytes: lambda value: bytes.fromhex(_text(value)),
    datetime: _moment,
    date: _day,
}
