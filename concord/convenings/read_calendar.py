"""read_calendar: what an iCal file says of sessions: name, start and end of each event in it (RFC 5545).

No more of the format is understood, and what would make a session another one is refused by its line: an event that
repeats, a whole day, a time zone that is none of the known ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from concord.convenings.read_table import UnreadableFile

LASTS = re.compile(
    r"P(?:(\d{1,2})W)?(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?", re.A
)
ESCAPED = re.compile(r"\\([\\;,nN])")
REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")


class Property(NamedTuple):
    """A line: what it is, in which zone, and what it says."""

    line: int
    name: str
    zone: str
    value: str


def in_calendar(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, name, start and end of each event that is not cancelled. Times without a zone stay without one."""
    event: dict[str, Property] | None = None
    inside = 0  # of a part of an event, an alarm say, which is passed over
    for one in _properties(text):
        if one.name == "BEGIN" and one.value.upper() == "VEVENT" and event is None:
            event = {"BEGIN": one}
        elif event is None:
            continue
        elif one.name == "BEGIN":
            inside += 1
        elif one.name == "END" and inside:
            inside -= 1
        elif one.name == "END":
            if event.get("STATUS", one).value.upper() != "CANCELLED":
                yield _session(event)
            event = None
        elif not inside:
            event.setdefault(one.name, one)


def _properties(text: str) -> Iterator[Property]:
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        elif line.strip():
            lines.append((number, line))
    for number, line in lines:
        head, _colon, value = line.partition(":")
        name, *parameters = head.split(";")
        zone = next((one[5:].strip('"') for one in parameters if one[:5].upper() == "TZID="), "")
        yield Property(number, name.strip().upper(), zone, value.strip())


def _session(event: dict[str, Property]) -> tuple[int, str, str, str]:
    begin = event["BEGIN"]
    if any(name in event for name in REPEATS):
        raise _wrong(begin, _("this event repeats. Write each time as an event of its own."))
    if "SUMMARY" not in event or "DTSTART" not in event:
        raise _wrong(begin, _("this event has no name, or no start."))
    starts = _moment(event["DTSTART"])
    if "DTEND" in event:
        ends = _moment(event["DTEND"])
    elif "DURATION" in event:
        ends = _after(starts, event["DURATION"])
    else:
        raise _wrong(begin, _("this event has no end."))
    name = ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], event["SUMMARY"].value)
    return begin.line, name, starts.isoformat(), ends.isoformat()


def _moment(said: Property) -> datetime:
    is_utc = said.value.endswith("Z")
    try:
        moment = datetime.strptime(said.value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise _wrong(said, _("this is no day with a time of day.")) from None
    if is_utc:
        return moment.replace(tzinfo=UTC)
    if not said.zone:
        return moment
    try:
        there = moment.replace(tzinfo=ZoneInfo(said.zone))
        back = there.astimezone(UTC).astimezone(there.tzinfo)
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        raise _wrong(
            said, _("its time zone is not known. Zones are named as in Africa/Nairobi.")
        ) from None
    if back.replace(tzinfo=None) != moment:
        raise _wrong(said, _("the clocks are put forward then: this time does not exist there."))
    return there.astimezone(UTC)


def _after(starts: datetime, said: Property) -> datetime:
    found = LASTS.fullmatch(said.value)
    if found is None:
        raise _wrong(said, _("this event has no end."))
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    try:
        return starts + timedelta(
            weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
        )
    except OverflowError:
        raise _wrong(said, _("this event has no end.")) from None


def _wrong(said: Property, why: str) -> UnreadableFile:
    return UnreadableFile(_("Line %(n)s: %(why)s") % {"n": said.line, "why": why})
