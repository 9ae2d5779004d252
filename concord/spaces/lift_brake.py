"""lift_brake: let a room go on, by anybody on watch, or by itself after 15 minutes alone (V-SILENCE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.spaces.models import Brake, Room
from concord.spaces.pull_brake import RoomHasEnded, end_brake, may_brake


@transaction.atomic
def lift_brake(brake: Brake, *, by: StaffMember, at: datetime) -> Brake:
    """Let the room go on. A lifted brake stays lifted. Raises MayNotBrake, RoomHasEnded."""
    may_brake(by, at=at)
    Room.objects.held().get(id=brake.room_id)
    brake = Brake.objects.get(id=brake.id)
    if brake.lifted_at is not None:
        return brake
    if brake.kind == Brake.Kind.END and brake.confirmed_at is not None:
        raise RoomHasEnded(subject=brake.id)
    end_brake(brake, by=by.person_id, at=at)
    return brake


@handles("spaces.brake_lapses")
@transaction.atomic
def lift_if_unconfirmed(job: Job, *, at: datetime) -> None:
    """Lift a brake whose 15 minutes went by without a colleague's confirmation."""
    brake = Brake.objects.filter(id=job.subject).first() if job.subject else None
    if brake is None:
        return
    Room.objects.held().get(id=brake.room_id)
    brake.refresh_from_db()
    if brake.lifted_at is None and not brake.holds(at):
        end_brake(brake, by=None, at=at)
