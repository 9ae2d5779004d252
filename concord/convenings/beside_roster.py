"""What stands beside the roster of an event; rooms above lend it, for this one does not know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from concord.convenings.models import Convening
from concord.people.models import StaffMember

Lent = tuple[str, dict[str, Any]]
"""A template, and what it shows as `beside`."""
Lends = Callable[[Convening, StaffMember, datetime], "Lent | None"]

_lenders: list[Lends] = []


def beside_roster(lend: Lends) -> Lends:
    """Register a part of the page. It may decline by returning None."""
    if lend not in _lenders:
        _lenders.append(lend)
    return lend


def all_beside(convening: Convening, *, staff: StaffMember, at: datetime) -> list[Lent]:
    """Every part that is lent for this event and this reader."""
    found = (lend(convening, staff, at) for lend in _lenders)
    return [part for part in found if part is not None]
