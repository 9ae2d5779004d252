"""post_message: say something in a room (P-OPEN-1, A-REVOKE-1, P-SANCTION-1, V-SILENCE-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import UUIDField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.access.gate import admit_to_write
from concord.access.models import EVERYWHERE, Limit
from concord.convenings.models import Registration, Session
from concord.prepared import Prepared, Slot
from concord.refusals import Refused
from concord.spaces import hooks, news
from concord.spaces.clean_text import clean_text
from concord.spaces.models import OVER, Condition, Post, Room

SLOW = timedelta(seconds=30)


class RoomIsNotOpen(Refused):
    words = _("This room is not open now. What you wrote is still here.")
    status = 409


class RoomIsPaused(Refused):
    words = _(
        "The room is paused for a moment. What you wrote is still here; send it when the room goes on."
    )
    status = 409


class RoomIsSlow(Refused):
    words = _(
        "The room is slow for now: one message every 30 seconds. What you wrote is still here."
    )
    status = 409


class TooSoon(Refused):
    """The person is held to a pace, and it is theirs alone: nobody else in the room is, or learns of it."""

    status = 409

    def __init__(self, limit: Limit) -> None:
        words = ngettext(
            "For now you can write one message a minute here. What you wrote is still here, and unsent.",
            "For now you can write one message every %(n)d minutes here. What you wrote is still here, and unsent.",
            limit.pace or 0,
        )
        super().__init__(words % {"n": limit.pace or 0}, subject=limit.id)
        self.review_pass = limit.review_pass


class NewcomersRead(Refused):
    words = _(
        "For now only those who have already written here can write. What you wrote is still here."
    )
    status = 409


class NothingToAnswer(Refused):
    words = _("The message you are answering is no longer there. What you wrote is still here.")
    status = 409


@transaction.atomic
def post_message(
    room: Room,
    *,
    registration: Registration,
    text: str,
    at: datetime,
    nonce: UUID | None = None,
    comment_on: Post | None = None,
) -> Post:
    """Say something in a room, or comment on a post there; whoever listens hears it after commit.

    One transaction holds the person's gate, then the room, until it commits: no post of somebody who
    has been shut out, and none into a paused room, commits after that was decided. The same nonce again
    returns the first post. Raises NotAdmitted, MayOnlyRead, TooSoon, NothingWritten, TooLong, RoomIsNotOpen,
    RoomIsPaused, RoomIsSlow, NewcomersRead, NothingToAnswer.

    Nothing goes into the ledger: who wrote when is kept as long as the post, not for years (P-RISK-1).
    """
    said = clean_text(text)
    limits = admit_to_write(registration.person_id, room.places, at=at)
    room = _hold(room, registration)
    if nonce and (
        before := _earlier.first(room=room.id, registration=registration.id, nonce=nonce)
    ):
        return before
    _brakes_allow(room, registration, at=at)
    _limits_allow(limits, registration, at=at)
    if comment_on is not None and not room.posts.filter(id=comment_on.id, removed=False).exists():
        raise NothingToAnswer
    post = Post.objects.create(
        room=room,
        number=room.allot(),
        registration=registration,
        comment_on=comment_on,
        text=said,
        posted_at=at,
        nonce=nonce,
    )
    hooks.tell_stored(post, at=at)
    news.tell_post(post)
    return post


def _hold(room: Room, registration: Registration) -> Room:
    """The room as it is now, and as it stays until this transaction ends; and the state of its session."""
    held = _held.first(room=room.id, convening=registration.convening_id)
    if held is None:
        raise Room.DoesNotExist
    if held.session_id:
        held.session = _session.first(session=held.session_id)
    return held


_id = UUIDField()
_held = Prepared(
    lambda: Room.objects.held().filter(id=Slot("room", _id), convening=Slot("convening", _id))
)
_session = Prepared(lambda: Session.objects.filter(id=Slot("session", _id)))
_earlier = Prepared(
    lambda: Post.objects.filter(
        room=Slot("room", _id), registration=Slot("registration", _id), nonce=Slot("nonce", _id)
    ).order_by()
)


def _brakes_allow(room: Room, registration: Registration, *, at: datetime) -> None:
    holding = room.conditions(at)
    if holding & {Condition.NOT_OPEN, *OVER}:
        raise RoomIsNotOpen
    if Condition.PAUSED in holding:
        raise RoomIsPaused
    if holding & {Condition.LOCKED, Condition.NEWCOMERS} and not room.has_written(registration):
        raise NewcomersRead
    if Condition.SLOW in holding and _wrote_since(room, registration, at - SLOW):
        raise RoomIsSlow


def _wrote_since(room: Room, registration: Registration, moment: datetime) -> bool:
    return room.posts.filter(registration=registration, posted_at__gt=moment).exists()


def _limits_allow(limits: Iterable[Limit], registration: Registration, *, at: datetime) -> None:
    """Every pace is kept, each counted over the whole place that it holds in: the strictest stands."""
    for limit in limits:
        if limit.between is None:
            continue
        theirs = Post.objects.filter(registration__person=registration.person_id)
        if limit.place != EVERYWHERE:
            theirs = theirs.filter(**{f"room__{limit.scope_kind}": limit.scope_id})
        if theirs.filter(posted_at__gt=at - limit.between).exists():
            raise TooSoon(limit)
