"""show_video, say_recording: what is shown in a room beside its posts, and whether it is recorded (P-RISK-1)."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.spaces import news
from concord.spaces.announce import may_host
from concord.spaces.models import Recording, Room

LONGEST = 500
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PLAIN = re.compile(r"[!-~]*")


class NoVideoThere(Refused):
    """What was typed is no address that a page may be opened to."""

    words = _(
        "This is no address of a video: write it whole, beginning with https://, with the name of its host and "
        "without a password in it."
    )
    status = 409


@transaction.atomic
def show_video(room: Room, *, link: str, by: StaffMember, at: datetime) -> Room:
    """Set the address of what is shown in a room; an empty one takes it away. Every open page hears of it.

    Nothing is asked of that host by us, nor by anybody's browser until they press. The address is of the kind that
    names one host and nothing else: the page that shows it is opened to exactly that. Raises NotYoursToHost,
    NoVideoThere.
    """
    may_host(by, at=at)
    video = _read(link)
    room = Room.objects.held().get(id=room.id)
    if room.video != video:
        room.video = video
        room.save(update_fields=["video"])
        record("spaces.show_video", actor=by.person_id, subject=room.id, at=at)
        news.tell_condition(room, at=at)
    return room


@transaction.atomic
def say_recording(room: Room, *, recording: str, by: StaffMember, at: datetime) -> Room:
    """Say whether the session is recorded; everyone in the room reads it at once. It records nothing itself.

    Raises NotYoursToHost; ValueError for a state that does not exist.
    """
    may_host(by, at=at)
    said = Recording(recording)
    room = Room.objects.held().get(id=room.id)
    if room.recording != said:
        room.recording = said
        room.save(update_fields=["recording"])
        record("spaces.say_recording", actor=by.person_id, subject=room.id, at=at, said=said.value)
        news.tell_condition(room, at=at)
    return room


def _read(typed: str) -> str:
    link = typed.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NoVideoThere from error
    ours = {urlsplit(settings.CONCORD_PUBLIC).hostname, *settings.CONCORD_DESK_HOSTS}
    names_one_host = _HOST.fullmatch(host) and parts.netloc.lower() == host and host not in ours
    if parts.scheme != "https" or port or not names_one_host or not _PLAIN.fullmatch(link):
        raise NoVideoThere
    video = urlunsplit(("https", host, parts.path, parts.query, parts.fragment))
    if len(video) > LONGEST:
        raise NoVideoThere
    return video
