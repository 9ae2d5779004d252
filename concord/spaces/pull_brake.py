"""pull_brake: one staff member slows, pauses, locks or ends a room, at once (V-SILENCE-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces import news
from concord.spaces.models import OVER, Brake, Room

UNCONFIRMED = timedelta(minutes=15)
"""How long one person's brake holds without a colleague's confirmation."""


class MayNotBrake(Refused):
    words = _("Only people who watch over the event can slow, pause, lock or end a room.")


class RoomHasEnded(Refused):
    words = _("This session has ended; there is nothing left to hold.")
    status = 409


class OnlyASessionEnds(Refused):
    words = _("A lobby stays until the event is over. You can pause it or lock it.")
    status = 409


@transaction.atomic
def pull_brake(room: Room, *, kind: str, by: StaffMember, at: datetime) -> Brake:
    """Hold the whole room for up to 15 minutes; longer only if a colleague confirms. Never aimed at one person.

    A brake of the same kind that already holds is returned as it is. Raises MayNotBrake, RoomHasEnded,
    OnlyASessionEnds; ValueError for a kind that does not exist.
    """
    kind = Brake.Kind(kind)
    may_brake(by, at=at)
    room = Room.objects.held().get(id=room.id)
    if room.condition(at) in OVER:
        raise RoomHasEnded(subject=room.id)
    if kind == Brake.Kind.END and room.session is None:
        raise OnlyASessionEnds(subject=room.id)
    standing = room.brakes.filter(kind=kind, lifted_at__isnull=True).first()
    if standing is not None and standing.holds(at):
        return standing
    if standing is not None:
        end_brake(standing, by=None, at=at)
    brake = Brake.objects.create(
        room=room, kind=kind, pulled_by=by.person_id, pulled_at=at, lapses_at=at + UNCONFIRMED
    )
    record(
        "spaces.pull_brake",
        actor=by.person_id,
        subject=brake.id,
        at=at,
        room=room.id,
        kind=kind.value,
    )
    leave("spaces.brake_lapses", subject=brake.id, due_at=brake.lapses_at, at=at)
    news.tell_condition(room, at=at)
    return brake


def may_brake(staff: StaffMember, *, at: datetime) -> None:
    """Raise MayNotBrake unless they are designated now and watch over events."""
    if not (staff.is_current(at) and staff.may_monitor):
        raise MayNotBrake


def end_brake(brake: Brake, *, by: UUID | None, at: datetime) -> None:
    """Put down that a brake no longer holds, and tell the room. Only while the room is held."""
    brake.lifted_by, brake.lifted_at = by, at
    brake.save(update_fields=["lifted_by", "lifted_at"])
    record("spaces.lift_brake", actor=by, subject=brake.id, at=at)
    news.tell_condition(brake.room, at=at)
