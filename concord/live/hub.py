"""The hub: one log a room, one cursor a listener, one task that writes them all.

Everything that changes the hub happens on the event loop's own thread, in the order in which it was
asked for; `publish`, `retract`, `cut`, `shut_out` and `readmit` may be called from any thread, never wait and
never fail. Before the loop runs there are no listeners, so they do nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Container, Coroutine, Iterable, Iterator, Sequence
from types import coroutine
from typing import Any, NamedTuple
from uuid import UUID

SLICE = 250
"""Listeners written in one go; then the loop breathes, so that a cut never waits for a crowd."""
LOG_BYTES = 1_000_000
"""What a room's log keeps at least; twice as much before it is trimmed."""
WRITE_BYTES = 32_768
"""The most that one write hands to one socket: what a reader who has stopped can cost us."""
BUSY_POSTS = 7
"""More posts than this within a second, and a room is written in ticks."""
TICK_PER_LISTENER, LONGEST_TICK = 0.000_04, 0.25
"""Posts are gathered for a few times as long as writing one to everybody takes."""
HEARTBEAT = 15.0
ROOM_KEPT = 600.0
"""Seconds that the log of a silent room without listeners is kept for those who come back."""
PAST_KEPT, MOST_PASTS = 3.0, 16
"""Seconds for which what was missed after a number is kept, and for how many numbers of a room."""
STREAMS_PER_SESSION = 8
STREAMS_PER_PERSON = 24
"""In one process, with however many browsers."""
RETURN_WITHIN = 10_000
"""Milliseconds over which listeners are spread when a server goes down."""

Message = dict[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]
Job = Iterator[None]

logger = logging.getLogger("concord.live")


def encode(event: str, data: dict[str, Any] | str, *, id: str = "", retry: int = 0) -> bytes:
    """One event as server-sent events write it; text of several lines stays one event."""
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    lines = [f"id: {id}"] if id else []
    lines += [f"retry: {retry}"] if retry else []
    lines += [f"event: {event}"]
    lines += [
        f"data: {line}" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


def come_back() -> bytes:
    """Asks a listener to return after a delay of its own, so that a restart is not a stampede."""
    delay = random.randint(500, RETURN_WITHIN)  # noqa: S311 (spreads load, guards nothing)
    return encode("reconnect", {"after_ms": delay}, retry=delay)


class Frame(NamedTuple):
    """An event encoded once, for every listener; numbered when it can be resumed from.

    `latest` is the last number given in the room up to here.
    """

    number: int | None
    latest: int | None
    wire: bytes


class Past(NamedTuple):
    """What was missed after a number, as the database told it while the log ended at `head`."""

    head: int
    until: float
    events: asyncio.Future[Any]


class Room:
    """An append-only log and those who listen to it.

    `base` is the position of the log's first frame, `head` the one that the next frame will have. Nobody who comes
    back is told from before `fresh`.
    """

    __slots__ = (
        "_batch",
        "_pace",
        "base",
        "due",
        "fresh",
        "head",
        "latest",
        "listeners",
        "log",
        "name",
        "pasts",
        "size",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[Frame] = []
        self.base = self.head = self.fresh = 0
        self.size = 0
        self.latest: int | None = None
        self.listeners: dict[Listener, None] = {}
        self.pasts: dict[int, Past] = {}
        self.due = False
        self._pace: deque[float] = deque(maxlen=BUSY_POSTS + 1)
        self._batch: tuple[int, int, int, bytes, Message] | None = None

    @property
    def last_at(self) -> float:
        return self._pace[-1] if self._pace else 0.0

    def append(self, wire: bytes, *, number: int | None, now: float) -> None:
        self.latest = self.latest if number is None else number
        self.log.append(Frame(number, self.latest, wire))
        self.head += 1
        self.size += len(wire)
        self._pace.append(now)
        if self.size > 2 * LOG_BYTES:
            self._trim()

    def retract(self, numbers: Container[int | None]) -> None:
        """Empty the frames of these numbers; they stay places to resume from."""
        for position, frame in enumerate(self.log):
            if frame.number is not None and frame.number in numbers:
                self.size -= len(frame.wire)
                self.log[position] = frame._replace(wire=b"")
                self._batch = None

    def renew(self) -> None:
        """What was said so far is out of date: only those who are listening now may still hear it."""
        self.fresh = self.head

    def drop_stale(self) -> None:
        """Forget what is out of date; whoever has not heard it by now loads the page again."""
        if self.fresh > self.base:
            self._drop(self.fresh - self.base)

    def tick(self) -> float:
        """Seconds to gather posts before they are written: none while the room is quiet."""
        pace = self._pace
        if len(pace) <= BUSY_POSTS or pace[-1] - pace[0] > 1.0:
            return 0.0
        return min(LONGEST_TICK, len(self.listeners) * TICK_PER_LISTENER)

    def batch(self, cursor: int) -> tuple[int, bytes, Message]:
        """The next frames from the cursor on, in one piece: new cursor, bytes, message.

        Nearly all listeners stand at the same place, so the last answer is kept and shared.
        """
        kept = self._batch
        if kept is None or kept[0] != cursor or kept[1] != self.head:
            wires: list[bytes] = []
            size, reached = 0, cursor
            for frame in self.log[cursor - self.base :]:
                size += len(frame.wire)
                if wires and size > WRITE_BYTES:
                    break
                wires.append(frame.wire)
                reached += 1
            body = b"".join(wires)
            kept = self._batch = (cursor, self.head, reached, body, chunk(body))
        return kept[2:]

    def place_after(self, number: int) -> int | None:
        """The cursor just behind the frame of this number, or None if the log does not hold it."""
        for position in range(len(self.log) - 1, -1, -1):
            if self.base + position + 1 < self.fresh:
                return None
            if self.log[position].number == number:
                return self.base + position + 1
        return None

    def past_after(self, number: int, ask: Callable[[], Coroutine[Any, Any, Any]]) -> Past:
        """What was missed after a number: asked once for all who come back to it while nothing else is said here.

        After a restart a whole room comes back within seconds, with the same few numbers.
        """
        now = time.monotonic()
        past = self.pasts.get(number)
        if past is None or past.head != self.head or past.until < now or _failed(past.events):
            if len(self.pasts) >= MOST_PASTS:
                self.pasts.clear()
            past = Past(self.head, now + PAST_KEPT, asyncio.ensure_future(ask()))
            self.pasts[number] = past
        return past

    def number_at(self, cursor: int) -> int | None:
        """The last number that a listener at this cursor has seen, if the log still knows it."""
        return self.log[cursor - self.base - 1].latest if self.base < cursor <= self.head else None

    def _trim(self) -> None:
        gone, size = 0, self.size
        while size > LOG_BYTES and gone < len(self.log) - 1:
            size -= len(self.log[gone].wire)
            gone += 1
        self._drop(gone)

    def _drop(self, gone: int) -> None:
        self.size -= sum(len(frame.wire) for frame in self.log[:gone])
        del self.log[:gone]
        self.base += gone


def chunk(body: bytes, *, more: bool = True) -> Message:
    """A piece of a response's body, as ASGI wants it."""
    return {"type": "http.response.body", "body": body, "more_body": more}


BEAT = chunk(b":\n\n")


class Listener:
    """An open stream: whose it is, and how far it has read in each of its rooms.

    It starts held: nothing is written until `release`, so that a backlog can go first.
    """

    __slots__ = (
        "_busy",
        "_last_words",
        "_send",
        "_unsaid",
        "cursors",
        "over",
        "person",
        "places",
        "session",
    )

    def __init__(self, send: Send, *, person: UUID, session: str | None) -> None:
        self.person = person
        self.session = session
        self.cursors: dict[Room, int] = {}
        self.places: dict[str, int | None] = {}
        self._send = send
        self._busy = True
        self._unsaid = b""
        self._last_words = b""
        self.over = False

    def bookmark(self) -> bytes:
        """An `id:` with the place in every stream, in the order in which they were asked for."""
        known = {room.name: room.number_at(cursor) for room, cursor in self.cursors.items()}
        for name, number in known.items():
            if number is not None:
                self.places[name] = number
        shown = ["x" if number is None else str(number) for number in self.places.values()]
        return f"id: {','.join(shown)}\n\n".encode()

    def release(self) -> None:
        """The opening is written: from now on the hub writes."""
        self._busy = False
        self._go_on()

    def hear(self, room: Room) -> None:
        """Write what the room's log holds beyond the cursor, unless an earlier write still waits."""
        cursor = self.cursors.get(room)
        while cursor is not None and cursor < room.head and not self._busy:
            if cursor < room.base:
                self.cursors[room] = room.head
                self.say(encode("reset", {"stream": room.name}))
                return
            cursor, body, message = room.batch(cursor)
            self.cursors[room] = cursor
            self.write(message if len(self.cursors) == 1 else chunk(body + self.bookmark()))

    def say(self, words: bytes) -> None:
        """Tell this listener alone; after what is waiting, if something is."""
        if self._busy:
            self._unsaid += words
        else:
            self.write(chunk(words))

    def write(self, message: Message) -> None:
        """Hand a message to the socket, if it takes one; a full one costs a task until it does."""
        if self._busy:
            return
        self._busy = True
        sending = self._send(message)
        try:
            awaited = sending.send(None)
        except StopIteration:
            self._busy = False
        except Exception:  # one broken stream must not keep the news from the others
            logger.exception("A stream could not be written")
        else:
            task = asyncio.ensure_future(_finish(sending, awaited))
            _waiting.add(task)
            task.add_done_callback(self._written)

    def end(self, last_words: bytes) -> None:
        """Close the stream after a last event; what is already on its way to the socket goes first."""
        if not self.over:
            self.over, self._last_words = True, last_words
            if not self._busy:
                self._go_on()

    def _written(self, task: asyncio.Future[None]) -> None:
        _waiting.discard(task)
        if not task.cancelled() and task.exception() is None:
            self.release()

    def _go_on(self) -> None:
        if self.over:
            words, self._last_words = self._last_words, b""
            if words:
                self.write(chunk(words, more=False))
            self._busy = True
            return
        if self._unsaid:
            words, self._unsaid = self._unsaid, b""
            self.write(chunk(words))
        for room in list(self.cursors):
            self.hear(room)


_waiting: set[asyncio.Future[None]] = set()


def _failed(asked: asyncio.Future[Any]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)


@coroutine
def _finish(sending: Coroutine[Any, Any, None], awaited: Any) -> Iterator[Any]:
    """Wait for what a coroutine, run by hand until it had to wait, is waiting for; then finish it."""
    yield awaited
    yield from sending


class Opening:
    """A stream that is being checked. It hears of every cut, so that none slips past the check."""

    def __init__(self, session: str | None) -> None:
        self.session = session
        self._cuts: list[tuple[UUID, frozenset[str] | None]] = []

    def note(self, person: UUID, streams: frozenset[str] | None) -> None:
        self._cuts.append((person, streams))

    def remaining(self, person: UUID, streams: Iterable[str]) -> list[str]:
        """Of these streams, those that no cut has taken since the opening began."""
        cuts = [cut for whom, cut in self._cuts if whom == person]
        return [s for s in streams if not any(cut is None or s in cut for cut in cuts)]


class Hub:
    """All rooms and listeners of one process."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rooms: dict[str, Room] = {}
        self._people: dict[UUID, list[Listener]] = {}
        self._openings: set[Opening] = set()
        self._opening_for: Counter[str | None] = Counter()
        self._shut_out: set[UUID] = set()
        self._jobs: deque[Job] = deque()
        self._closing = False
        self._resting = False

    # From any thread -----------------------------------------------------------------------------

    def publish(
        self, stream: str, event: str, data: dict[str, Any] | str, *, number: int | None = None
    ) -> None:
        """Append an event to a stream's log and send it to its listeners.

        Events with a `number` (rising within the stream) can be resumed from. Call it after commit.
        """
        wire = encode(event, data, id="" if number is None else f"{stream}-{number}")
        self._on_loop(self._append, stream, wire, number)

    def retract(self, stream: str, *numbers: int) -> None:
        """Forget what events said: nobody who resumes before them will hear it. Call it after commit."""
        self._on_loop(self._retract, stream, frozenset(numbers))

    def renew(self, stream: str) -> None:
        """Tell nobody who comes back what was said so far; they are told from the database. Call it after commit."""
        self._on_loop(self._renew, stream)

    def cut(self, person: UUID, streams: Iterable[str] | None = None) -> None:
        """End a person's listening, everywhere or to some streams; call it after commit."""
        self._on_loop(self._cut, person, None if streams is None else frozenset(streams))

    def shut_out(self, person: UUID) -> None:
        """Refuse this person's openings and, at the next heartbeat, end whatever is still open."""
        self._shut_out.add(person)

    def shut_out_only(self, persons: set[UUID]) -> None:
        """Exactly these are refused, and nobody else."""
        self._shut_out = persons

    def readmit(self, person: UUID) -> None:
        """Take back `shut_out`."""
        self._shut_out.discard(person)

    def rest(self) -> None:
        """Send everyone away for now and refuse openings in kindness: what is cut would not be heard here."""
        if not self._resting:
            self._resting = True
            self._on_loop(lambda: self._do(self._send_away()))

    def wake(self) -> None:
        """Take back `rest`."""
        self._resting = False

    def settle(self, patience: float = 1.0) -> None:
        """Wait, in a thread of one's own, until every cut that was asked for before has been made."""
        loop, done = self._loop, threading.Event()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(done.set)
            done.wait(patience)

    def follows(self, stream: str) -> bool:
        """Whether this process has anything of a stream: listeners, or a log for those who come back."""
        return stream in self._rooms

    def followed(self, kind: str) -> list[str]:
        """The streams of a kind that have listeners here."""
        rooms = list(self._rooms.values())
        return [room.name for room in rooms if room.listeners and room.name.startswith(f"{kind}:")]

    def least_place(self, stream: str) -> int | None:
        """The number from which on everybody who listens to a stream here has to be told; None if it is not known."""
        room = self._rooms.get(stream)
        if room is None:
            return None
        if room.latest is not None:
            return room.latest
        places = [listener.places.get(stream) for listener in list(room.listeners)]
        return min((place for place in places if place is not None), default=None)

    def persons(self) -> set[UUID]:
        """Who listens in this process."""
        return set(self._people)

    def listeners(self, stream: str) -> int:
        """How many listen to a stream in this process."""
        room = self._rooms.get(stream)
        return len(room.listeners) if room else 0

    def listening(self, person: UUID, streams: Iterable[str]) -> int:
        """On how many of these streams, counted a tab, a person listens in this process."""
        wanted = set(streams)
        theirs = list(self._people.get(person, []))
        return sum(room.name in wanted for listener in theirs for room in list(listener.cursors))

    # On the loop ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bind the hub to the running loop."""
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._awake = asyncio.Event()
        self._pump_task = self._loop.create_task(self._pump())
        self._beat_timer = self._loop.call_later(HEARTBEAT, self._on_beat)

    async def farewell(self) -> None:
        """Send everyone away with a random delay; the server is going down. Openings are refused."""
        self._closing = True
        self._do(self._send_away())
        while self._jobs:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Forget everything."""
        self._loop = None
        self._beat_timer.cancel()
        self._pump_task.cancel()
        self._rooms.clear()
        self._people.clear()
        self._jobs.clear()

    @property
    def closing(self) -> bool:
        return self._closing or self._resting or self._loop is None

    def begin(self, session: str | None) -> Opening:
        """Register an opening before it is checked; `done` it whatever comes."""
        opening = Opening(session)
        self._openings.add(opening)
        self._opening_for[session] += 1
        return opening

    def done(self, opening: Opening) -> None:
        """The opening has led to a listener, or to nothing."""
        self._openings.discard(opening)
        self._opening_for[opening.session] -= 1
        if not self._opening_for[opening.session]:
            del self._opening_for[opening.session]

    def is_opening_many(self, session: str | None) -> bool:
        """Whether one browser has as many streams being checked as it may have open: others wait behind them."""
        return session is not None and self._opening_for[session] >= STREAMS_PER_SESSION

    def join(
        self,
        opening: Opening,
        send: Send,
        *,
        person: UUID,
        session: str | None,
        streams: Sequence[str],
    ) -> Listener | None:
        """Turn a checked opening into a held listener at the head of each stream.

        None if the person was shut out or cut off meanwhile.
        """
        streams = opening.remaining(person, streams)
        if person in self._shut_out or not streams:
            return None
        listener = Listener(send, person=person, session=session)
        for name in streams:
            room = self.room(name)
            room.listeners[listener] = None
            listener.cursors[room] = room.head
        self._make_way(self._people.get(person, []), session)
        self._people.setdefault(person, []).append(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """The stream has ended, by either side. Twice is once."""
        for room in listener.cursors:
            room.listeners.pop(listener, None)
        listener.cursors.clear()
        theirs = self._people.get(listener.person, [])
        if listener in theirs:
            theirs.remove(listener)
        if not theirs:
            self._people.pop(listener.person, None)

    def room(self, name: str) -> Room:
        """The room of this name, opened if need be."""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = Room(name)
        return room

    def _on_loop(self, act: Callable[..., None], *args: Any) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(act, *args)

    def _append(self, stream: str, wire: bytes, number: int | None) -> None:
        room = self.room(stream)
        room.append(wire, number=number, now=time.monotonic())
        if not room.due and room.listeners and self._loop is not None:
            room.due = True
            self._loop.call_later(room.tick(), self._do, self._broadcast(room))

    def _renew(self, stream: str) -> None:
        if stream in self._rooms:
            self._rooms[stream].renew()

    def _retract(self, stream: str, numbers: frozenset[int]) -> None:
        if room := self._rooms.get(stream):
            room.retract(numbers)

    def _cut(self, person: UUID, streams: frozenset[str] | None) -> None:
        for opening in self._openings:
            opening.note(person, streams)
        for listener in list(self._people.get(person, [])):
            lost = [r for r in listener.cursors if streams is None or r.name in streams]
            if len(lost) == len(listener.cursors):
                self._end(listener, encode("cut", {}))
                continue
            for room in lost:
                del listener.cursors[room], room.listeners[listener]
                listener.say(encode("cut", {"stream": room.name}))

    def _end(self, listener: Listener, last_words: bytes) -> None:
        self.leave(listener)
        listener.end(last_words)

    def _make_way(self, theirs: list[Listener], session: str | None) -> None:
        """A browser that left without a word must not lock its owner out: the oldest stream goes.

        Nobody holds very many by signing in again and again either.
        """
        same = [listener for listener in theirs if listener.session == session]
        for listener in same[: max(0, len(same) + 1 - STREAMS_PER_SESSION)]:
            self._end(listener, encode("crowded", {}))
        for listener in theirs[: max(0, len(theirs) + 1 - STREAMS_PER_PERSON)]:
            self._end(listener, encode("crowded", {}))

    # Work in slices ------------------------------------------------------------------------------

    def _do(self, job: Job) -> None:
        self._jobs.append(job)
        self._awake.set()

    async def _pump(self) -> None:
        """Run the jobs in turn, a slice each; between slices the loop reads, writes and cuts."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            while self._jobs:
                job = self._jobs.popleft()
                try:
                    next(job)
                    self._jobs.append(job)
                except StopIteration:
                    pass
                except Exception:
                    logger.exception("A broadcast failed")
                await asyncio.sleep(0)

    def _broadcast(self, room: Room) -> Job:
        room.due = False
        for few in _slices(list(room.listeners)):
            for listener in few:
                listener.hear(room)
            yield

    def _on_beat(self) -> None:
        if self._loop is not None:
            self._beat_timer = self._loop.call_later(HEARTBEAT, self._on_beat)
            self._do(self._beat())

    def _beat(self) -> Job:
        for few in _slices(self._everyone()):
            for listener in few:
                if listener.person in self._shut_out:
                    self._end(listener, encode("cut", {}))
                else:
                    listener.write(BEAT)
            yield
        stale = time.monotonic() - ROOM_KEPT
        for room in list(self._rooms.values()):
            room.drop_stale()
            room.pasts.clear()
            if not room.listeners and room.last_at < stale:
                del self._rooms[room.name]

    def _send_away(self) -> Job:
        for few in _slices(self._everyone()):
            for listener in few:
                self._end(listener, come_back())
            yield

    def _everyone(self) -> list[Listener]:
        return [listener for theirs in self._people.values() for listener in theirs]


def _slices(listeners: list[Listener]) -> Iterator[list[Listener]]:
    for start in range(0, len(listeners), SLICE):
        yield listeners[start : start + SLICE]


hub = Hub()
"""This process's hub."""

publish = hub.publish
cut = hub.cut
shut_out = hub.shut_out
readmit = hub.readmit
listeners = hub.listeners
