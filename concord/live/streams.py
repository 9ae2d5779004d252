"""`/live/?s=kind:id&s=…`: server-sent events from the hub, as a bare ASGI application.

A page adds the number of the last event it shows, `s=room:<uuid>@42`, and misses nothing between
its rendering and its stream. A browser that reconnects says `Last-Event-ID`, which counts more.
Besides what rooms publish, a stream carries `reset` (reload: something was missed), `cut` (over,
for one stream or all), `reconnect` (the server goes down; come back after a delay) and `crowded`
(this browser has too many streams open; do not come back).
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import parse_cookie

from concord.live import subscriptions
from concord.live.hub import Listener, Room, Send, chunk, come_back, encode, hub
from concord.live.subscriptions import Backlog, Event

STREAMS_AT_ONCE = 64
NAME = re.compile(r"[a-z_]{1,32}:[0-9A-Za-z_-]{1,64}")
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Wish(NamedTuple):
    """What a browser asks for: streams, each with the last number it knows, if any."""

    places: dict[str, int | None]
    resumed: bool
    session: str | None
    host: str


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request: 404 when there is nothing to hear, otherwise a stream until it ends."""
    if scope["method"] != "GET":
        return await _answer(send, 405)
    wish = _read(scope)
    if not wish.places or len(wish.places) > STREAMS_AT_ONCE:
        return await _answer(send, 404)
    if hub.is_opening_many(wish.session):
        return await _answer(send, 200, come_back())
    listener = None if hub.closing else await _open(wish, send)
    if listener is None:
        # An EventSource that is told 404 does not come back by itself; one that is sent away in kindness does.
        return await (_answer(send, 200, come_back()) if hub.closing else _answer(send, 404))
    # From here on the stream may last for hours: it keeps nothing of its request.
    del wish
    scope["headers"].clear()
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        hub.leave(listener)


async def _open(wish: Wish, send: Send) -> Listener | None:
    """Register first, check after: a cut that comes during the check counts."""
    opening = hub.begin(wish.session)
    try:
        grant = await subscriptions.authorise(wish.session, wish.host, list(wish.places))
        if grant is None or hub.closing:
            return None
        listener = hub.join(
            opening, send, person=grant.person, session=wish.session, streams=grant.streams
        )
    finally:
        hub.done(opening)
    if listener is not None:
        try:
            await _greet(listener, wish, grant.backlog, send)
        except BaseException:
            hub.leave(listener)
            raise
    return listener


async def _greet(listener: Listener, wish: Wish, backlog: Backlog | None, send: Send) -> None:
    """Send the headers and what was missed; then let the hub write."""
    listener.places = dict(wish.places)
    missed = {name: await _catch_up(listener, name, wish, backlog) for name in wish.places}
    # A stream may have been cut while the past of another was read.
    granted = {room.name for room in listener.cursors}
    past = b"".join(words for name, words in missed.items() if name in granted)
    retry = random.randint(1_000, 5_000)  # noqa: S311 (spreads load, guards nothing)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send(chunk(b"retry: %d\n" % retry + past + listener.bookmark()))
    listener.release()


async def _catch_up(listener: Listener, name: str, wish: Wish, backlog: Backlog | None) -> bytes:
    """Place the listener where it stopped: in the log, else behind what the backlog gives."""
    room, number = hub.room(name), wish.places[name]
    if room not in listener.cursors or (number is None and not wish.resumed):
        return b""
    if number is None:
        return encode("reset", {"stream": name})
    place = room.place_after(number)
    if place is not None:
        listener.cursors[room] = place
        return b""
    events = await _since(backlog, room, number)
    if events is not None:
        return _bring_in(listener, name, events)
    listener.places[name] = None  # it loads the page again: nobody has to be told from there on
    return encode("reset", {"stream": name}) if backlog or wish.resumed else b""


async def _since(backlog: Backlog | None, room: Room, number: int) -> list[Event] | None:
    if backlog is None:
        return None

    def listed() -> list[Event] | None:
        events = backlog(room.name, number)
        return None if events is None else list(events)

    past = room.past_after(number, lambda: subscriptions.in_pool(listed))
    events: list[Event] | None = await asyncio.shield(past.events)
    return events


def _bring_in(listener: Listener, name: str, events: list[Event]) -> bytes:
    """The events as frames; what the log holds of them too is not sent again."""
    room = hub.room(name)
    if events and room in listener.cursors:
        listener.places[name] = events[-1].number
        place = room.place_after(events[-1].number)
        listener.cursors[room] = listener.cursors[room] if place is None else place
    return b"".join(encode(e.event, e.data, id=f"{name}-{e.number}") for e in events)


def _read(scope: dict[str, Any]) -> Wish:
    headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
    places: dict[str, int | None] = {}
    for key, value in _asked(scope["query_string"].decode("latin-1")):
        name, _, number = value.partition("@")
        if key == "s" and NAME.fullmatch(name):
            places[name] = _number(number)
    last = headers.get("last-event-id", "")
    if last:
        places.update(_resumed(last, list(places)))
    cookies = parse_cookie(headers.get("cookie", ""))
    session = cookies.get(settings.SESSION_COOKIE_NAME) or None
    return Wish(places, bool(last), session, headers.get("host", ""))


def _asked(query: str) -> list[tuple[str, str]]:
    """The fields of an address; none of one that has more than any page of ours would ask for."""
    try:
        return parse_qsl(query, max_num_fields=2 * STREAMS_AT_ONCE)
    except ValueError:
        return []


def _resumed(last: str, names: list[str]) -> dict[str, int | None]:
    """What `Last-Event-ID` knows: one event's own id, or a number for each stream in order."""
    name, dash, number = last.rpartition("-")
    if dash:
        return {name: _number(number)} if name in names else {}
    numbers = last.split(",")
    if len(numbers) != len(names):
        return {}
    return {n: _number(place) for n, place in zip(names, numbers, strict=True) if place != "x"}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


async def _answer(send: Send, status: int, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": HEADERS})
    await send(chunk(body, more=False))
