"""goes_on: whether the team has done anything about a report lately, also in what was made of it, in a room above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from concord.ledger.readings import anybody_acted
from concord.reports.models import Report

_lent: list[Callable[[Report, datetime], bool]] = []


def lends_work(
    lent: Callable[[Report, datetime], bool],
) -> Callable[[Report, datetime], bool]:
    """Let the room that makes cases of reports say whether anybody has worked on one; once per process."""
    _lent[:] = [lent]
    return lent


def goes_on(report: Report, *, since: datetime) -> bool:
    """A person has opened it since then, answered, or done something in what was made of it."""
    return anybody_acted([report.id], since=since) or any(lent(report, since) for lent in _lent)
