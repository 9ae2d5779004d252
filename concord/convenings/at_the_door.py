"""What people see before they enter: whether help is awake, and when it was last tried; no names (P-SAFE-1).

Only those who are registered see it: that nobody is awake would tell a raid when to come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q

from concord.convenings.models import ChannelTest, Convening
from concord.convenings.running import RUNNING
from concord.ledger.readings import acted_since
from concord.people.models import OpenDesk, Role, Shift, StaffMember
from concord.vault.keyholders import keyholders

NEEDED = 2


@dataclass(frozen=True)
class Drill:
    """On which day the team last rehearsed, and how long it took until a second one had agreed; None if nobody did."""

    held_on: date
    took: timedelta | None

    @property
    def minutes(self) -> int | None:
        """Whole minutes, begun ones counted."""
        return None if self.took is None else max(1, -(-int(self.took.total_seconds()) // 60))


LendsDrill = Callable[[datetime], "Drill | None"]
_drills: list[LendsDrill] = []


def lends_drill(lend: LendsDrill) -> LendsDrill:
    """Register where the newest drill is known; a room above keeps them."""
    _drills[:] = [lend]
    return lend


@dataclass(frozen=True)
class AtTheDoor:
    """`two_awake` is None before the event is open, for then nobody has to be. `two_on_call`: by the plan alone."""

    two_awake: bool | None
    two_on_call: bool
    drill: Drill | None
    tested_at: datetime | None


def at_the_door(convening: Convening, *, at: datetime) -> AtTheDoor:
    """What is true at this very moment, in a handful of small queries."""
    is_open = convening.state in RUNNING
    on_call = _on_call(convening, at) if is_open else {}
    two_on_call = len(on_call) >= NEEDED
    return AtTheDoor(
        two_awake=two_on_call and len(_awake(on_call)) >= NEEDED if is_open else None,
        two_on_call=two_on_call,
        drill=last_drill(at),
        tested_at=last_test(at),
    )


def last_drill(at: datetime) -> Drill | None:
    """The newest drill, None while no room keeps any or none was held."""
    return next((drill for lend in _drills if (drill := lend(at)) is not None), None)


def last_test(at: datetime) -> datetime | None:
    """When a test report was last seen to arrive."""
    tests = ChannelTest.objects.filter(tested_at__lte=at)
    return tests.aggregate(newest=Max("tested_at"))["newest"]


def _on_call(convening: Convening, at: datetime) -> dict[UUID, datetime]:
    """Who is on shift, can agree, and has keys set up; each with when their shift began."""
    on_shift = Shift.objects.filter(
        Q(convening=convening.id) | Q(convening__isnull=True),
        starts_at__lte=at,
        ends_at__gt=at,
        staff__in=StaffMember.objects.current(at).filter(role__in=[Role.RECEIVER, Role.STAFF]),
    )
    begun: dict[UUID, datetime] = {}
    for person, starts_at in on_shift.values_list("staff__person", "starts_at"):
        begun[person] = min(starts_at, begun.get(person, starts_at))
    holders = keyholders(begun)
    return {person: starts_at for person, starts_at in begun.items() if person in holders}


def _awake(on_call: dict[UUID, datetime]) -> set[UUID]:
    """Those of them who are there and not on the plan alone: their desk is open, or they did or read something since
    their shift began, if the desk has locked itself by now."""
    at_their_desk = OpenDesk.objects.filter(person__in=on_call).values_list("person", flat=True)
    return set(at_their_desk) | acted_since(on_call)
