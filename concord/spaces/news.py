"""News of a room: told to its streams after commit, in the order of their numbers, and again to who comes back.

A frame is the same for everyone who listens: what differs between readers (their language, which posts are
theirs, what they can do) is added by their own page. The desk's streams carry ids only.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils import translation

from concord.convenings.models import Convening, Session
from concord.convenings.signals import convening_changed, session_changed
from concord.live.hub import hub
from concord.live.subscriptions import Event
from concord.spaces.models import Post, Removal, Room

MOST_MISSED = 200
"""Whoever missed more than this loads the page again."""

_told: dict[UUID, tuple[int, int]] = {}
"""The first and the last number that this process told of each room."""
_turn = Lock()


def tell(room: Room, number: int) -> None:
    """After commit, tell the room's streams what happened under this number."""
    transaction.on_commit(partial(_tell_through, room.id, number), robust=True)


def tell_condition(room: Room, *, at: datetime) -> None:
    """After commit, tell the room's streams how the room is. A condition has no number: the last one counts."""
    transaction.on_commit(partial(_tell_condition, room.id, at), robust=True)


@receiver(session_changed)
def tell_session(session: Session, at: datetime, **more: Any) -> None:
    """A session that was opened or ended is told to whoever has its room open."""
    for room in Room.objects.filter(session=session):
        tell_condition(room, at=at)


@receiver(convening_changed)
def tell_lobby(convening: Convening, at: datetime, **more: Any) -> None:
    """So is an event in its lobby; its sessions are announced one by one."""
    for room in Room.objects.filter(convening=convening, session__isnull=True):
        tell_condition(room, at=at)


def events_after(room_id: UUID, number: int, *, through: int | None = None) -> list[Event] | None:
    """What happened in a room after a number, in order; None when it is more than `MOST_MISSED`.

    A post that has been removed never comes from here, only the news that it went.
    """
    events = [
        *(
            _posted(post)
            for post in _span(Post.objects.kept().filter(room=room_id), "number", number, through)
        ),
        *(_removed(one) for one in _span(_removals(room_id), "number", number, through)),
        *(_restored(one) for one in _span(_removals(room_id), "undone_number", number, through)),
    ]
    return None if len(events) > MOST_MISSED else sorted(events, key=lambda event: event.number)


def condition_now(room: Room, *, at: datetime) -> dict[str, Any]:
    """The data of a `condition` event."""
    return {"condition": room.condition(at).value}


def for_desk(event: Event) -> Event:
    """The same event without contents."""
    data = event.data if isinstance(event.data, dict) else {}
    return event._replace(data={name: data[name] for name in data if name != "html"})


def _tell_through(room_id: UUID, number: int) -> None:
    """Two commits may arrive here the wrong way round; then the first to arrive tells both, in order."""
    with _turn:
        first, last = _told.get(room_id, (number, number - 1))
        if (
            number < first
        ):  # committed before this process told anything of the room, and late all the same
            _publish_between(room_id, number - 1, number)
        elif number > last:
            _publish_between(room_id, last, number)
        _told[room_id] = (min(first, number), max(last, number))


def _publish_between(room_id: UUID, after: int, through: int) -> None:
    for event in events_after(room_id, after, through=through) or []:
        _publish(room_id, event)


def _tell_condition(room_id: UUID, at: datetime) -> None:
    room = Room.objects.get(id=room_id)
    for stream in (room.stream, room.watch_stream):
        hub.publish(stream, "condition", condition_now(room, at=at))


def _publish(room_id: UUID, event: Event) -> None:
    if event.event == "removed":
        _retract(room_id, event)
    hub.publish(f"room:{room_id}", event.event, event.data, number=event.number)
    hub.publish(f"watch:{room_id}", event.event, for_desk(event).data, number=event.number)


def _retract(room_id: UUID, event: Event) -> None:
    """Take the post's text out of the stream's log too, under every number it was told by."""
    post = event.data["id"]  # type: ignore[index]
    for removal in _removals(room_id).filter(post=post):
        hub.retract(f"room:{room_id}", removal.post.number)
        if removal.undone_number:
            hub.retract(f"room:{room_id}", removal.undone_number)


def _posted(post: Post) -> Event:
    if post.removed:
        return _event("removed", post, post.number)
    return _event("post", post, post.number, html=_part(post))


def _removed(removal: Removal) -> Event:
    return _event("removed", removal.post, removal.number)


def _restored(removal: Removal) -> Event:
    number = removal.undone_number or 0
    if removal.post.removed or removal.post.registration_id is None:  # gone again, or forgotten
        return _event("removed", removal.post, number)
    return _event("restored", removal.post, number, html=_part(removal.post))


def _event(name: str, post: Post, number: int, **more: str) -> Event:
    return Event(name, {"post": post.number, "id": str(post.id), "number": number, **more}, number)


def _part(post: Post) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string("spaces/_post.html", {"post": post}).strip()


def _removals(room_id: UUID) -> Any:
    return Removal.objects.filter(post__room=room_id).select_related("post")


def _span(rows: Any, field: str, after: int, through: int | None) -> Any:
    rows = rows.filter(**{f"{field}__gt": after})
    if through is not None:
        rows = rows.filter(**{f"{field}__lte": through})
    return rows.order_by(field)[: MOST_MISSED + 1]
