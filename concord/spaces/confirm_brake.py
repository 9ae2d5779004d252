"""confirm_brake: a colleague agrees that a room stays held, or ends (V-SILENCE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.end_session import end_session
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces import news
from concord.spaces.models import Brake, Room
from concord.spaces.pull_brake import may_brake


class NeedsAnotherStaffMember(Refused):
    words = _("Someone other than the person who held the room confirms it.")


class BrakeIsGone(Refused):
    words = _("The room is no longer held: it was opened again, or 15 minutes went by.")
    status = 409


@transaction.atomic
def confirm_brake(brake: Brake, *, by: StaffMember, at: datetime) -> Brake:
    """Let a brake hold until it is lifted; a session whose end is confirmed is over.

    A confirmed brake stays as it is. Raises MayNotBrake, NeedsAnotherStaffMember, BrakeIsGone.
    """
    may_brake(by, at=at)
    room = Room.objects.held().get(id=brake.room_id)
    brake = Brake.objects.get(id=brake.id)
    if not brake.holds(at):
        raise BrakeIsGone(subject=brake.id)
    if by.person_id == brake.pulled_by:
        raise NeedsAnotherStaffMember(subject=brake.id)
    if brake.confirmed_at is not None:
        return brake
    brake.confirmed_by, brake.confirmed_at = by.person_id, at
    brake.save(update_fields=["confirmed_by", "confirmed_at"])
    record("spaces.confirm_brake", actor=by.person_id, subject=brake.id, at=at)
    if brake.kind == Brake.Kind.END and room.session:
        end_session(room.session, by=by, at=at, asked_by=brake.pulled_by)
    news.tell_condition(room, at=at)
    return brake
