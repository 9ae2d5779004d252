"""The chart of who is awake, a picture for each day: drawn on the server, and told in a sentence as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from concord.convenings.coverage import NEEDED_TO_AGREE, Stretch

WIDTH = 960
"""Forty a clock hour."""
HOURS = [(hour * 40, f"{hour:02}") for hour in range(0, 24, 3)]
MOST_DAYS = 14


@dataclass(frozen=True)
class Bar:
    """A stretch of one lane: where it lies, and how many there are for how many needed."""

    x: int
    width: int
    label: str
    is_gap: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class Day:
    """One day in the zone of the event."""

    day: date
    agree: list[Bar]
    watch: list[Bar]
    told: str


def chart(stretches: list[Stretch], *, zone: ZoneInfo) -> list[Day]:
    """Each day on which a session runs, fourteen at most."""
    days: dict[date, list[Stretch]] = {}
    for stretch in stretches:
        for piece in _by_day(stretch, zone):
            days.setdefault(piece.starts_at.astimezone(zone).date(), []).append(piece)
    return [_day(day, pieces, zone) for day, pieces in sorted(days.items())[:MOST_DAYS]]


def _day(day: date, pieces: list[Stretch], zone: ZoneInfo) -> Day:
    return Day(
        day,
        [_bar(one, one.agree, NEEDED_TO_AGREE, zone) for one in pieces],
        [_bar(one, one.watch, one.sessions, zone) for one in pieces],
        _told(pieces, zone),
    )


def _bar(piece: Stretch, have: int, need: int, zone: ZoneInfo) -> Bar:
    start = _minutes(piece.starts_at, zone)
    length = int((piece.ends_at - piece.starts_at).total_seconds() // 60)
    width = max(length * WIDTH // 1440, 2)
    label = f"{have}/{need}" if width >= 34 else ""
    return Bar(start * WIDTH // 1440, width, label, have < need)


def _told(pieces: list[Stretch], zone: ZoneInfo) -> str:
    open_at = [
        _("%(from)s to %(until)s")
        % {
            "from": f"{one.starts_at.astimezone(zone):%H:%M}",
            "until": f"{one.ends_at.astimezone(zone):%H:%M}",
        }
        for one in pieces
        if one.gaps
    ]
    if not open_at:
        return _("Every minute in which a session runs is covered.")
    return _("Not covered: %(times)s.") % {"times": ", ".join(open_at)}


def _minutes(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.hour * 60 + local.minute


def _by_day(stretch: Stretch, zone: ZoneInfo) -> Iterator[Stretch]:
    """Cut at each midnight of the zone."""
    start = stretch.starts_at
    while start < stretch.ends_at:
        local = start.astimezone(zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
        end = min(stretch.ends_at, midnight.astimezone(start.tzinfo))
        yield Stretch(start, end, stretch.sessions, stretch.agree, stretch.watch)
        start = end
