"""enter: the way into a room, step by step (P-ABIDE-1, P-GUIDE-1, A-DENY-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import UUIDField
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.access.gate import check_admitted, is_admitted
from concord.convenings.models import Registration
from concord.convenings.threshold import registration_of, step_of
from concord.people.current import person_of
from concord.policy.acknowledge import has_acknowledged
from concord.prepared import Prepared, Slot
from concord.refusals import Refused
from concord.spaces.models import Condition, Room

_room = Prepared(
    lambda: Room.objects.select_related("convening", "session__convening").filter(
        id=Slot("room", UUIDField())
    )
)


class RoomIsLocked(Refused):
    words = _("This room is closed to newcomers for now. Please try again a little later.")
    status = 409


class Entered(NamedTuple):
    """Somebody who is in: the room, and who they are there."""

    room: Room
    registration: Registration


def enter(
    request: HttpRequest, room_id: UUID, *, at: datetime, to_write: bool = False
) -> Entered | str:
    """Let the person into the room, or name the page of the step that comes before: sign in, register,
    acknowledge the policy in force, read the guidelines of this session.

    Raises Http404 when there is no such room, NotAdmitted, RoomIsLocked. `to_write`: the gate and the room are
    asked by `post_message`, which holds them; asked here as well, a post would cost half as much again.
    """
    person = person_of(request)
    if person is None:
        return f"{reverse('sign_in')}?{urlencode({'next': reverse('room', args=[room_id])})}"
    room = _room.first(room=room_id)
    if room is None:
        raise Http404
    if not to_write:
        check_admitted(person.id, room.places, at=at)
    registration = registration_of(person, room.convening)
    step = step_of(request, registration, convening=room.convening, session=room.session, at=at)
    if step is not None or registration is None:
        return step or reverse("home")
    if not to_write and not _may_pass_lock(room, registration, at=at):
        raise RoomIsLocked(subject=room.id)
    return Entered(room, registration)


def may_listen(person: UUID, room: Room, *, at: datetime) -> bool:
    """The same questions as a yes or no, for a stream. Which guidelines were read, only the browser knows."""
    registration = Registration.objects.filter(convening=room.convening_id, person=person).first()
    return (
        registration is not None
        and has_acknowledged(registration, at=at)
        and is_admitted(person, room.places, at=at)
        and _may_pass_lock(room, registration, at=at)
    )


def _may_pass_lock(room: Room, registration: Registration, *, at: datetime) -> bool:
    return Condition.LOCKED not in room.conditions(at) or room.has_written(registration)
