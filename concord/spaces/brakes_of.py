"""brakes_of: what holds in a room, and what this member of staff can do about it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from concord.people.models import StaffMember
from concord.spaces.models import OVER, Brake, Condition, Room


class Standing(NamedTuple):
    """A brake that holds; `pulled_by` is a working name."""

    brake: Brake
    pulled_by: str
    can_confirm: bool


class Brakes(NamedTuple):
    """The part of a page: the room's condition, its standing brakes, and the kinds that can be pulled."""

    condition: Condition
    standing: list[Standing]
    kinds: list[Brake.Kind]


def brakes_of(room: Room, *, staff: StaffMember, at: datetime) -> Brakes:
    """For the template `spaces/_brakes.html`, as `brakes`."""
    holding = list(room.brakes.holding(at))
    names = dict(
        StaffMember.objects.filter(person__in=[brake.pulled_by for brake in holding]).values_list(
            "person_id", "working_name"
        )
    )
    condition = room.condition(at)
    over = condition in OVER
    return Brakes(
        condition,
        [_standing(brake, names.get(brake.pulled_by, ""), staff) for brake in holding if not over],
        [] if over else [kind for kind in Brake.Kind if _can_be_pulled(kind, room, holding)],
    )


def _standing(brake: Brake, name: str, staff: StaffMember) -> Standing:
    alone = brake.confirmed_at is None
    return Standing(brake, name, alone and brake.pulled_by != staff.person_id)


def _can_be_pulled(kind: Brake.Kind, room: Room, holding: list[Brake]) -> bool:
    if kind == Brake.Kind.END and room.session_id is None:
        return False
    return kind not in {brake.kind for brake in holding}
