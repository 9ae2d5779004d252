"""read_schedule: what a file says of an event's sessions, or everything that is wrong with it, line by line.

A table with a head (CSV, as spreadsheets save it), a calendar (iCal), or the schedule that pretalx exports (JSON). A
file is taken whole or not at all. Programmes have long titles, and the same one many times ("Lunch"): a title that
stands again gets a number, for a session is known again by its name.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from concord import names
from concord.convenings.plan_convening import LONGEST_TITLE
from concord.convenings.read_calendar import in_calendar
from concord.convenings.read_table import UnreadableFile, decoded, in_table
from concord.convenings.small_file import LARGEST_SCHEDULE
from concord.outbox.clock import is_in_reach
from concord.people.plan_shift import TooFarAway

MOST = 1_000
"""Sessions in one file."""
COLUMNS = {
    "name": ("name", "title", "session"),
    "starts": ("starts", "start", "starts_at", "from"),
    "ends": ("ends", "end", "ends_at", "until"),
}


class Row(NamedTuple):
    """A session as the file has it; `line` is where, for people: of the table, or the how-manieth in JSON.

    `is_numbered` and `is_cut`: its name is not quite what the file says, and whoever looks is told.
    """

    line: int
    name: str
    starts_at: datetime
    ends_at: datetime
    is_numbered: bool = False
    is_cut: bool = False


def read_schedule(file: bytes, *, zone: str) -> list[Row]:
    """Its sessions in their order. Times without an offset are by the clock of `zone`. Raises UnreadableFile."""
    text = decoded(file, largest=LARGEST_SCHEDULE)
    if text.lstrip()[:1] in "{[":
        cells = _in_json(text)
    elif text.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
        cells = in_calendar(text)
    else:
        cells = _in_table(text)
    return _told_apart(_checked(list(_no_more(cells)), ZoneInfo(zone)))


def as_table(rows: Iterable[Row]) -> str:
    """The rows as a small table that reads the same: what a page carries on instead of the whole file."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([row.name, row.starts_at.isoformat(), row.ends_at.isoformat()] for row in rows)
    return out.getvalue()


def _no_more(cells: Iterable[tuple[int, str, str, str]]) -> Iterator[tuple[int, str, str, str]]:
    for count, one in enumerate(cells):
        if count >= MOST:
            raise UnreadableFile(
                _("This file has more than %(n)s sessions. Bring it in parts.") % {"n": MOST}
            )
        yield one


def _in_table(text: str) -> Iterator[tuple[int, str, str, str]]:
    for line, cells in in_table(text, COLUMNS, needs=list(COLUMNS)):
        yield line, cells["name"], cells["starts"], cells["ends"]


def _in_json(text: str) -> Iterator[tuple[int, str, str, str]]:
    try:
        known: Any = json.loads(text)
        talks = list(_talks(known))
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise UnreadableFile(
            _("This is not the schedule that pretalx exports (schedule.json).")
        ) from None
    for number, talk in enumerate(talks, start=1):
        yield number, *talk


def _talks(known: Any) -> Iterator[tuple[str, str, str]]:
    if "results" in known:
        for one in known["results"]:
            if slot := one["slot"]:
                yield str(one["title"]), str(slot["start"]), str(slot["end"])
        return
    for day in known["schedule"]["conference"]["days"]:
        for talks in day["rooms"].values():
            for one in talks:
                minutes, hours, *days = map(int, reversed(str(one["duration"]).split(":")))
                starts = datetime.fromisoformat(str(one["date"]))
                lasts = timedelta(days=sum(days), hours=hours, minutes=minutes)
                yield str(one["title"]), starts.isoformat(), (starts + lasts).isoformat()


def _checked(cells: list[tuple[int, str, str, str]], zone: ZoneInfo) -> list[Row]:
    """Every row, or every problem with any of them."""
    rows: list[Row] = []
    problems: list[str] = []
    for line, name, starts, ends in cells:
        try:
            row = Row(line, names.clean_name(name), _moment(starts, zone), _moment(ends, zone))
            if not (is_in_reach(row.starts_at) and is_in_reach(row.ends_at)):
                raise ValueError(TooFarAway.words)
            if row.ends_at <= row.starts_at:
                raise ValueError(_("it ends before it starts."))
            rows.append(_no_longer(row))
        except (ValueError, OverflowError) as error:
            problems.append(_("Line %(n)s: %(why)s") % {"n": line, "why": error})
    if problems:
        raise UnreadableFile(*problems)
    if not rows:
        raise UnreadableFile(_("There is no session in this file."))
    return rows


def _no_longer(row: Row) -> Row:
    if len(row.name) <= LONGEST_TITLE:
        return row
    return row._replace(name=_ending(row.name, "…"), is_cut=True)


def _told_apart(rows: list[Row]) -> list[Row]:
    """From the second on, by their starts, those of one name get a number: moved by an hour, each stays the same."""
    taken = {names.fold(row.name) for row in rows}
    counts: dict[str, int] = {}
    named: dict[int, Row] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].starts_at):
        row = rows[place]
        key = names.fold(row.name)
        count = counts.get(key, 0) + 1
        if count > 1:
            while names.fold(name := _ending(row.name, f" ({count})")) in taken:
                count += 1
            taken.add(names.fold(name))
            row = row._replace(name=name, is_numbered=True)
        counts[key] = count
        named[place] = row
    return [named[place] for place in range(len(rows))]


def _ending(name: str, end: str) -> str:
    return name[: LONGEST_TITLE - len(end)].rstrip() + end


def _moment(typed: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise ValueError(
            _("“%(typed)s” is no day and time; write it like 2026-11-26 14:30.")
            % {"typed": typed[:40]}
        ) from None
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    there = moment.replace(tzinfo=zone)
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(_("the clocks are put forward then: this time does not exist there."))
    return there.astimezone(UTC)
