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
from django.db.models import UUIDField
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils import translation

from concord.convenings.models import Convening, Registration, Session
from concord.convenings.signals import convening_changed, session_changed
from concord.live import relay
from concord.live.follow_news import catches_up, merges
from concord.live.hub import hub
from concord.live.relay import Word
from concord.live.subscriptions import Event
from concord.outbox.clock import clock
from concord.prepared import Prepared, Slot
from concord.spaces import hooks
from concord.spaces.models import Post, Removal, Renaming, Room

ROOM, CONDITION = "room", "condition"
"""What is said of rooms between processes: that something has a new number, that the condition is another."""
MOST_MISSED = 200
"""Whoever missed more than this loads the page again."""
MOST_TOLD = 5_000
"""So do those who are listening, when more than this is new at once."""

_told: dict[UUID, tuple[int, int]] = {}
"""The first and the last number that this process told of each room."""
_last_condition: dict[UUID, object] = {}
_turn = Lock()


def tell(room: Room, number: int, through: int | None = None) -> None:
    """After commit, tell the room's streams what happened under this number, or from it through another."""
    transaction.on_commit(partial(_tell_through, room.id, number, through or number), robust=True)


def tell_post(post: Post) -> None:
    """After commit, tell the room's streams of a post that was just stored."""
    transaction.on_commit(partial(_tell_of_post, post), robust=True)


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

    A post that has been removed never comes from here, only the news that it went. Each number stands for one
    thing: where posts fill the span, and mostly one does, nothing else is asked.
    """
    posts = _span(Post.objects.to_show().filter(room=room_id), "number", number, through)
    events = [_posted(post) for post in posts]
    if through is not None and len(events) == through - number:
        return events
    events += [
        *(_removed(one) for one in _span(_gone(room_id), "number", number, through)),
        *(_restored(one) for one in _span(_removals(room_id), "undone_number", number, through)),
        *(_renamed(one) for one in _span(_renamings(room_id), "number", number, through)),
    ]
    return None if len(events) > MOST_MISSED else sorted(events, key=lambda event: event.number)


def condition_now(room: Room, *, at: datetime) -> dict[str, Any]:
    """The data of a `condition` event: how the room is, and what stands above it."""
    standing = list(room.standing)
    html = render_to_string("spaces/_announced.html", {"standing": standing}) if standing else ""
    return {
        "condition": room.condition(at).value,
        "recording": room.recording,
        "video": room.video_host,
        "html": html.strip(),
    }


def for_desk(event: Event) -> Event:
    """The same event without contents."""
    data = event.data if isinstance(event.data, dict) else {}
    return event._replace(data={name: data[name] for name in data if name != "html"})


def _tell_through(room_id: UUID, lowest: int, highest: int) -> None:
    _tell_here(room_id, lowest, highest)
    relay.tell(ROOM, room_id, lowest, highest, is_compared=True)


def _tell_of_post(post: Post) -> None:
    """Only who wrote it is read again: they may have changed their name since the page was opened."""
    post.registration = _author.first(post=post.id)
    whole = post.registration is not None and post.comment_on_id is None
    _tell_here(post.room_id, post.number, post.number, post if whole else None)
    relay.tell(ROOM, post.room_id, post.number, post.number, is_compared=True)


_author = Prepared(lambda: Registration.objects.filter(posts=Slot("post", UUIDField())).order_by())


def _tell_here(room_id: UUID, lowest: int, highest: int, post: Post | None = None) -> None:
    """Two commits may arrive here the wrong way round; then the first to arrive tells both, in order.

    `post` is what is new, when that is all: told next, it is not read again. Whatever takes it away has a later number.
    """
    with _turn:
        first, last = _told.get(room_id) or _reached(room_id, lowest - 1)
        if lowest < first:  # late, and committed before this process told anything of the room
            _publish_between(room_id, lowest - 1, min(highest, first - 1))
        if post is not None and post.number == last + 1:
            _publish(room_id, _posted(post))
        elif highest > last:
            _publish_between(room_id, last, highest)
        _told[room_id] = (min(first, lowest), max(last, highest))


@relay.hears(ROOM)
def _hear_of_room(room_id: str, lowest: str, highest: str = "") -> None:
    """Another process told its own streams. Where nobody listens here, nothing has to be told."""
    id = UUID(room_id)
    if hub.follows(f"room:{id}") or hub.follows(f"watch:{id}"):
        _tell_here(id, int(lowest), int(highest or lowest))
    else:
        _told.pop(id, None)
    hooks.tell_heard(id, int(lowest), int(highest or lowest))


def _merge_rooms(words: list[Word]) -> list[Word]:
    """Of each room, one word from the lowest number to the highest."""
    numbers: dict[str, list[int]] = {}
    for word in words:
        numbers.setdefault(word.said[0], []).extend(map(int, word.said[1:]))
    return [Word(ROOM, [room, str(min(these)), str(max(these))]) for room, these in numbers.items()]


@catches_up
def compare_rooms() -> None:
    """Tell what the database holds of the rooms that are listened to here and this process has not told yet."""
    ids = {stream.partition(":")[2] for kind in (ROOM, "watch") for stream in hub.followed(kind)}
    for room_id, reached in Room.objects.filter(id__in=ids).values_list("id", "last_number"):
        _, last = _told.get(room_id) or _reached(room_id, reached)
        if last < reached:
            _tell_here(room_id, last + 1, reached)


@catches_up
def compare_conditions() -> None:
    """While words may be lost: tell how the rooms are that are listened to here, where that is not what was told last.

    A room's condition has no number that could be compared; so it is looked up, and only then.
    """
    if relay.line.is_sure:
        _last_condition.clear()
        return
    ids = {stream.partition(":")[2] for kind in (ROOM, "watch") for stream in hub.followed(kind)}
    for room in Room.objects.filter(id__in=ids).select_related("session", "convening"):
        _tell_condition_of(room, at=clock.now(), again=False)


def _reached(room_id: UUID, otherwise: int) -> tuple[int, int]:
    """How far everybody who listens here has read, before this process tells anything of the room."""
    places = [hub.least_place(f"{kind}:{room_id}") for kind in (ROOM, "watch")]
    known = min((place for place in places if place is not None), default=otherwise)
    return min(known, otherwise) + 1, min(known, otherwise)


def _publish_between(room_id: UUID, after: int, through: int) -> None:
    """One by one, a span of numbers at a time; or, when it is too much, whoever listens loads the page again."""
    if through - after > MOST_TOLD:
        hub.renew(f"room:{room_id}")  # what went meanwhile still stands in the log
        for stream in (f"room:{room_id}", f"watch:{room_id}"):
            hub.publish(stream, "reset", {"stream": stream})
        return
    for start in range(after, through, MOST_MISSED):
        # Each number stands for one thing that happened, so that a span never holds more than is listed.
        events = events_after(room_id, start, through=min(start + MOST_MISSED, through)) or []
        _retract(room_id, [event for event in events if event.event == "removed"])
        for event in events:
            _publish(room_id, event)


def _tell_condition(room_id: UUID, at: datetime) -> None:
    _tell_condition_here(room_id, at)
    relay.tell(CONDITION, room_id)


@relay.hears(CONDITION)
def _hear_of_condition(room_id: str) -> None:
    _tell_condition_here(UUID(room_id), clock.now())


def _tell_condition_here(room_id: UUID, at: datetime) -> None:
    _tell_condition_of(Room.objects.get(id=room_id), at=at, again=True)


def _tell_condition_of(room: Room, *, at: datetime, again: bool) -> None:
    event = Event("condition", condition_now(room, at=at), 0)
    before, _last_condition[room.id] = _last_condition.get(room.id), event.data
    if event.data == before and not again:
        return
    hub.publish(room.stream, event.event, event.data)
    hub.publish(room.watch_stream, event.event, for_desk(event).data)


def _publish(room_id: UUID, event: Event) -> None:
    if event.event == "renamed":  # what the log still says under the former name is not said again
        hub.renew(f"room:{room_id}")
    hub.publish(f"room:{room_id}", event.event, event.data, number=event.number)
    hub.publish(f"watch:{room_id}", event.event, for_desk(event).data, number=event.number)


def _retract(room_id: UUID, events: list[Event]) -> None:
    """Take the posts' texts out of the stream's log too, under every number they were told by."""
    posts = [event.data["id"] for event in events]  # type: ignore[index]
    told = _removals(room_id).filter(post__in=posts).values_list("post__number", "undone_number")
    if numbers := {number for each in told for number in each if number}:
        hub.retract(f"room:{room_id}", *numbers)


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


def _renamed(renaming: Renaming) -> Event:
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string("spaces/_by.html", {"by": renaming.registration}).strip()
    data = {"by": str(renaming.registration_id), "number": renaming.number, "html": html}
    return Event("renamed", data, renaming.number)


def _event(name: str, post: Post, number: int, **more: str) -> Event:
    return Event(name, {"post": post.number, "id": str(post.id), "number": number, **more}, number)


def _part(post: Post) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string("spaces/_post.html", {"post": post}).strip()


def _removals(room_id: UUID) -> Any:
    return Removal.objects.filter(post__room=room_id).select_related("post")


def _gone(room_id: UUID) -> Any:
    """Without what was sealed, and without a text: whoever hears that posts went needs their numbers."""
    return _removals(room_id).only("number", "post__number")


def _renamings(room_id: UUID) -> Any:
    return Renaming.objects.filter(room=room_id).select_related("registration")


def _span(rows: Any, field: str, after: int, through: int | None) -> Any:
    rows = rows.filter(**{f"{field}__gt": after})
    if through is not None:
        rows = rows.filter(**{f"{field}__lte": through})
    return rows.order_by(field)[: MOST_MISSED + 1]


merges(ROOM, _merge_rooms)
