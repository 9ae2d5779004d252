"""announce, take_down: words of the team to everyone in a room, until somebody takes them down (P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces import news
from concord.spaces.clean_text import clean_text
from concord.spaces.models import OVER, Announcement, Room

LONGEST = 500
MOST = 3
"""At once: what stands above a room on a small screen leaves space for the room."""


class NotYoursToHost(Refused):
    """Whoever watches over events, or plans them, speaks for the team in a room."""

    words = _("Only an organiser, or somebody who watches over events, can do this in a room.")


class RoomIsOver(Refused):
    words = _("This session has ended; nobody comes here to read it any more.")
    status = 409


class EnoughAnnounced(Refused):
    words = _("Three announcements stand here already. Take one down first.")
    status = 409


class AnnouncementTooLong(Refused):
    words = _("An announcement has at most 500 characters. What you wrote is still here.")
    status = 409


@transaction.atomic
def announce(room: Room, *, text: str, by: StaffMember, at: datetime) -> Announcement:
    """Say something to everyone in a room; it stands at the top of every open page at once, in the team's name.

    The same words while they stand are one announcement. Raises NotYoursToHost, RoomIsOver, EnoughAnnounced,
    AnnouncementTooLong, NothingWritten, TooLong.
    """
    may_host(by, at=at)
    said = clean_text(text)
    if len(said) > LONGEST:
        raise AnnouncementTooLong
    room = Room.objects.held().get(id=room.id)
    if room.condition(at) in OVER:
        raise RoomIsOver(subject=room.id)
    standing = list(room.standing)
    for one in standing:
        if one.text == said:
            return one
    if len(standing) >= MOST:
        raise EnoughAnnounced(subject=room.id)
    made = Announcement.objects.create(room=room, text=said, made_by=by.person_id, made_at=at)
    record("spaces.announce", actor=by.person_id, subject=made.id, at=at, room=room.id)
    news.tell_condition(room, at=at)
    return made


@transaction.atomic
def take_down(announcement: Announcement, *, by: StaffMember, at: datetime) -> Announcement:
    """Take an announcement away from every open page. One that is down stays so. Raises NotYoursToHost."""
    may_host(by, at=at)
    room = Room.objects.held().get(id=announcement.room_id)
    announcement = Announcement.objects.get(id=announcement.id)
    if announcement.down_at is None:
        announcement.down_by, announcement.down_at = by.person_id, at
        announcement.save(update_fields=["down_by", "down_at"])
        record("spaces.take_down", actor=by.person_id, subject=announcement.id, at=at)
        news.tell_condition(room, at=at)
    return announcement


def may_host(staff: StaffMember, *, at: datetime) -> None:
    """Raise NotYoursToHost unless they are of the team now, and watch over events or plan them."""
    if not (staff.is_current(at) and (staff.may_monitor or staff.may_plan)):
        raise NotYoursToHost
