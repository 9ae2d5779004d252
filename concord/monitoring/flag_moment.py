"""flag_moment: somebody asks a person to look at what was said or shown, where there is no post (PUB-21)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from concord.monitoring.models import Flag
from concord.monitoring.own_flag import token_of
from concord.monitoring.raise_flag import check_may_flag, raise_flag
from concord.monitoring.seen import Seen
from concord.spaces.models import Room


@transaction.atomic
def flag_moment(
    room: Room, *, words: str, by: UUID, by_staff: bool, at: datetime, nonce: UUID | None = None
) -> Flag:
    """Raise a flag on a room at this moment; `words` say what was seen or heard and may be empty.

    A form sent twice has one nonce and raises one flag. Raises OnlyThoseInTheRoom, access.NotAdmitted.
    """
    check_may_flag(room, by=by, by_staff=by_staff, at=at)
    raised_token = token_of(room, by=by, nonce=nonce or uuid4())
    known = Flag.objects.filter(raised_token=raised_token).first()
    return known or raise_flag(
        Seen.of_moment(room, words=words, by=by),
        room=room,
        post=None,
        raised_token=raised_token,
        by_staff=by_staff,
        at=at,
    )
