"""The chart of drills: how long each took, drawn on the server; in words as well, and with the numbers beneath it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.improvement.models import DrillRecord

WIDTH = 640
LINE = 34
PARTS = ("looked", "proposed", "agreed")
"""Each lies where it ended; the effect itself takes a second, and would not be seen."""


@dataclass(frozen=True)
class Part:
    """From the moment before to this one."""

    name: str
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """One drill: a line of the chart."""

    held_on: date
    y: int
    parts: list[Part]
    label: str
    label_x: int


def bars(records: list[DrillRecord]) -> list[Bar]:
    """The oldest first. All lines share one scale: the longest drill fills it."""
    longest = max([_end(one) for one in records] or [0]) or 1
    return [_bar(one, number, longest) for number, one in enumerate(records)]


def in_words(records: list[DrillRecord]) -> str:
    """What the picture shows, for whoever does not see it."""
    agreed = [one.agreed for one in records if one.agreed is not None]
    if not agreed:
        return _("No drill yet in which a second person agreed.")
    said = ngettext(
        "%(count)d drill in which a second person agreed, in %(fastest)s at best, %(slowest)s at worst.",
        "%(count)d drills in which a second person agreed, in %(fastest)s at best, %(slowest)s at worst.",
        len(agreed),
    )
    return said % {
        "count": len(agreed),
        "fastest": spoken(min(agreed)),
        "slowest": spoken(max(agreed)),
    }


def spoken(seconds: int | None) -> str:
    """`4 min 10 s`; a word for what did not happen."""
    if seconds is None:
        return _("not reached")
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("%(s)d s") % {"s": rest}
    return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}


def _end(one: DrillRecord) -> int:
    return max([getattr(one, name) or 0 for name in PARTS])


def _bar(one: DrillRecord, number: int, longest: int) -> Bar:
    parts, before = [], 0
    for name in PARTS:
        value = getattr(one, name)
        if value is not None and value >= before:
            x = before * WIDTH // longest
            parts.append(Part(name, x, max(value * WIDTH // longest - x, 2)))
            before = value
    label = spoken(one.agreed) if one.agreed is not None else _("nobody agreed")
    return Bar(one.held_on, number * LINE, parts, label, before * WIDTH // longest)
