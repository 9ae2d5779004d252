"""How long what a case holds is kept (workflow.md 4.9, docs/decisions). Decisions lie above: they lend their end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from concord.cases.models import Case

CONTACT = timedelta(days=90)
"""After closing: how to reach whoever reported; and no case goes sooner, for somebody may ask to look again."""
ENDLESS_MONTHS = 24
"""After closing, where a decision has no end: what it rests on goes, the decision itself holds on."""
WARN_FIRST = timedelta(days=30)
WARN_LAST = timedelta(days=7)


class Standing(NamedTuple):
    """What was decided in a case: whether anything was, the last end (None: no end), whether something is open.

    Open is a proposal that waits, and a step that was not seen to hold yet. `awaits_press`: a colleague agreed, and
    the coordinator has not carried it out. `notices_wait`: a letter about it is held back. `kinds`: what was done.
    `ids`: under which the ledger speaks of its proposals and decisions.
    """

    decided: bool = False
    ends_at: datetime | None = None
    is_open: bool = False
    awaits_press: bool = False
    notices_wait: bool = False
    kinds: frozenset[str] = frozenset()
    ids: frozenset[UUID] = frozenset()


_lent: list[Callable[[Case], Standing]] = []


def lends_standing(lent: Callable[[Case], Standing]) -> Callable[[Case], Standing]:
    """Let the room that holds decisions say how one stands; once per process."""
    _lent[:] = [lent]
    return lent


def standing_of(case: Case) -> Standing:
    """How the decisions of a case stand; nothing, while no room lends any."""
    return _lent[0](case) if _lent else Standing()


def expunge_on(standing: Standing, *, closed_at: datetime) -> date:
    """The day on which a case that was closed then is erased, as its decisions stand."""
    if not standing.decided:
        day = months_after(closed_at, settings.CONCORD_KEEP_CASES_MONTHS)
    elif standing.ends_at is None:
        day = months_after(closed_at, ENDLESS_MONTHS)
    else:
        day = months_after(standing.ends_at, settings.CONCORD_KEEP_CASES_MONTHS)
    return max(day, _day(closed_at + CONTACT))


def months_after(moment: datetime, months: int) -> date:
    """The same day so many months later, or the month's last day where there is none; the calendar's last beyond it."""
    start = _day(moment)
    years, month = divmod(start.month - 1 + months, 12)
    if start.year + years > date.max.year:
        return date.max
    for day in range(start.day, 27, -1):
        try:
            return date(start.year + years, month + 1, day)
        except ValueError:
            continue
    return date(start.year + years, month + 1, start.day)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
