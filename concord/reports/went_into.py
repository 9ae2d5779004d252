"""went_into: the case that was made of a report, lent by the room that makes them, to whoever may open both."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from concord.people.models import StaffMember
from concord.reports.models import Report


class WentInto(NamedTuple):
    """A case, by its code: where it is opened, and where one that rests is taken up again."""

    code: str
    url: str
    is_closed: bool = False
    reopen_url: str = ""


_lent: list[Callable[[Report, StaffMember], WentInto | None]] = []


def lends_case(
    lent: Callable[[Report, StaffMember], WentInto | None],
) -> Callable[[Report, StaffMember], WentInto | None]:
    """Let the room that makes cases of reports say which; once per process."""
    _lent[:] = [lent]
    return lent


def went_into(report: Report, *, by: StaffMember) -> WentInto | None:
    """The case of this report, for somebody who may open it; else None."""
    return _lent[0](report, by) if _lent else None
