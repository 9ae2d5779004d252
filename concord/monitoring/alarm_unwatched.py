"""alarm_unwatched: an open room that nobody on shift has before them is noticed within a minute (R-MONITOR-1).

Having it before one is the page of the watch with all rooms, or with this one, in sight of somebody on shift. It asks
again by itself; a page in a locked or closed desk does not. A row says when that was last, and goes in minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from concord.convenings.models import State
from concord.convenings.running import RUNNING
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Claim, Flag, Presence, Unwatched
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import Shift, StaffMember
from concord.spaces.models import Room, RoomQuerySet
from concord.vault import files

ASKS_AGAIN = 20
"""Seconds after which the page of the watch asks again."""
A_WHILE = timedelta(seconds=10)
ABSENT = timedelta(seconds=40)
WIDER = timedelta(minutes=5)
KEPT = timedelta(days=30)
"""How long it is known that a room was unwatched: until the debrief is over."""


def keep_watch(staff: StaffMember, *, at: datetime, room: Room | None = None) -> None:
    """The watch lies open before this person, with this room alone or with all. Only the last such moment is kept.

    Its parts ask with every few posts: what was written down a few seconds ago need not be written again.
    """
    if not (staff.is_current(at) and staff.may_monitor):
        return
    theirs = Presence.objects.filter(person=staff.person_id, room=room)
    if not theirs.filter(seen_at__gt=at - A_WHILE, seen_at__lte=at).exists():
        Presence.objects.update_or_create(
            person=staff.person_id, room=room, defaults={"seen_at": at}
        )


@every("monitoring.unwatched", seconds=15)
def alarm_unwatched(job: Job | None, *, at: datetime) -> int:
    """Begin an alarm for each room that is open and unwatched, end those that are over. Returns how many began.

    It shows on every desk that watches. It rings for those on shift who are not at the watch, or, where nobody is on
    shift, for everybody who watches; after five minutes for all of them.
    """
    _forget(at)
    live = {room.id: room for room in open_rooms()}
    alone = set(live) - watched(live.values(), at=at)
    going_on = {one.room_id: one for one in Unwatched.objects.going_on()}
    for id in alone | going_on.keys():
        is_late = id in going_on and going_on[id].wider_at is None
        if (id in alone) != (id in going_on) or is_late:
            _look_at(id, at=at, is_live=id in live)
    return len(alone - going_on.keys())


def open_rooms() -> RoomQuerySet:
    """Where people can talk now: the lobby of an open event, and the rooms of its open sessions."""
    lobby = Q(session__isnull=True, convening__state__in=RUNNING)
    on = lobby | Q(session__state__in=RUNNING)
    return Room.objects.filter(on).exclude(convening__state=State.ENDED)


def watched(rooms: Iterable[Room], *, at: datetime) -> set[UUID]:
    """Those of these rooms that somebody has before them who is on shift for their event."""
    here: dict[UUID | None, set[UUID]] = defaultdict(set)
    for person, room in Presence.objects.filter(seen_at__gt=at - ABSENT).values_list(
        "person", "room"
    ):
        here[room].add(person)
    if not here:
        return set()
    rooms = list(rooms)
    on_shift = {id: set(_on_shift(id, at)) for id in {room.convening_id for room in rooms}}
    return {one.id for one in rooms if on_shift[one.convening_id] & (here[None] | here[one.id])}


@transaction.atomic
def _look_at(id: UUID, *, at: datetime, is_live: bool) -> None:
    room = Room.objects.held().get(id=id)
    alarm = Unwatched.objects.going_on().filter(room=room).first()
    if not is_live or watched([room], at=at):
        if alarm is not None:
            alarm.ended_at = at
            alarm.save(update_fields=["ended_at"])
            record("monitoring.watched", actor=None, subject=id, at=at)
            tell_desks(_everybody(at), "unwatched", id)
        return
    if alarm is None:
        Unwatched.objects.create(room=room, convening_id=room.convening_id, since=at)
        record("monitoring.unwatched", actor=None, subject=id, at=at)
        tell_desks(_everybody(at), "unwatched", id)
        on_shift = set(_on_shift(room.convening_id, at))
        ring(on_shift - _at_the_watch(at) if on_shift else _everybody(at), at=at, at_once=True)
    elif alarm.wider_at is None and at - alarm.since >= WIDER:
        alarm.wider_at = at
        alarm.save(update_fields=["wider_at"])
        ring(_everybody(at), at=at, at_once=True)


def _forget(at: datetime) -> None:
    """What has ended by itself, and where people were before, is of no use to anybody. Desks that show it are told."""
    _end_claims(at)
    Presence.objects.filter(seen_at__lte=at - WIDER).delete()
    Unwatched.objects.filter(ended_at__lte=at - KEPT).delete()


@transaction.atomic
def _end_claims(at: datetime) -> None:
    over = Claim.objects.filter(ends_at__lte=at)
    claimed = list(over.values_list("flag", flat=True))
    over.delete()
    for flag in Flag.objects.filter(id__in=claimed).only("file"):
        tell_desks(files.readers(flag.file), "claim", flag.id)


def _at_the_watch(at: datetime) -> set[UUID]:
    return set(Presence.objects.filter(seen_at__gt=at - ABSENT).values_list("person", flat=True))


def _on_shift(convening: UUID, at: datetime) -> list[UUID]:
    shifts = Shift.objects.filter(
        Q(convening=convening) | Q(convening__isnull=True), starts_at__lte=at, ends_at__gt=at
    )
    staff = StaffMember.objects.current(at).on_the_roster()
    return list(staff.filter(id__in=shifts.values("staff")).values_list("person_id", flat=True))


def _everybody(at: datetime) -> list[UUID]:
    return list(StaffMember.objects.current(at).on_the_roster().values_list("person_id", flat=True))
