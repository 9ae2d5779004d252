"""The relay: what happens in one process is heard in the others.

There are two ways, and neither carries contents, names or addresses. A *cut* travels inside the transaction that
decided it, by PostgreSQL's own NOTIFY: it arrives if and only if the decision commits. *News* travels after the
commit, through a stream of Redis or Valkey (`REDIS_URL`): ids and numbers, and each process reads from the
database what they stand for. Nothing rests on Redis alone: every process also compares its rooms with the
database each second (`follow_news`), so that a word that was lost is a second late and no more; and what has no number
to compare by goes by NOTIFY where Redis does not take it.

On SQLite there is one process, and both ways lead nowhere.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection

from concord.live.hub import hub
from concord.live.models import Process

CHANNEL = "concord_cuts"
STREAM = "concord:news"
KEPT = 5_000
"""Words that Redis keeps at least, for a process that was busy for a moment."""
PATIENCE = 0.5
"""Seconds that a page waits for Redis, at most; then it goes on, and asks again a second later."""
JUST_MENDED = 6.0
"""Seconds after it answers again for which everything is compared once more."""
LONGEST = 7_900
"""Bytes of a word that PostgreSQL carries."""
REPLIES = 0.3
"""Seconds to wait for what the other processes answer."""

logger = logging.getLogger("concord.live")
HERE = uuid4()
"""This process."""


class Word(NamedTuple):
    """What is said between processes: what kind of thing, and ids or numbers."""

    kind: str
    said: list[str]


Hear = Callable[..., None]
_hear: dict[str, Hear] = {}


def hears(kind: str) -> Callable[[Hear], Hear]:
    """Register who hears words of this kind that were said in another process: `hear(*said)`, in a thread."""

    def register(hear: Hear) -> Hear:
        _hear[kind] = hear
        return hear

    return register


def hear(word: Word) -> None:
    """Let it be heard here. A word nobody knows is of a newer version, and left alone."""
    if word.kind in _hear:
        _hear[word.kind](*word.said)


def tell(kind: str, *said: object, is_compared: bool = False) -> None:
    """Say it to the other processes; call it after commit. It never fails and never waits for long.

    Where Redis takes no words, or is none, PostgreSQL carries it, unless it `is_compared`: whoever follows cuts must
    not be kept busy with what everybody finds by its number within a second.
    """
    written = _written(kind, said)
    if line.say(written) or is_compared or len(written) > LONGEST:
        return
    try:
        _notify(written)
    except DatabaseError as error:
        logger.warning("The database is away: %s", type(error).__name__)


def tell_with_commit(kind: str, *said: object) -> None:
    """Say it in the transaction that is open: the others hear it if that commits, and otherwise never."""
    _notify(_written(kind, said))


def has_others() -> bool:
    """Whether there may be other processes: on SQLite there is this one alone."""
    return connection.vendor == "postgresql"


def read(written: str) -> Word | None:
    """What another process wrote; None for our own words, and for what no process of ours wrote."""
    try:
        sender, kind, *said = json.loads(written)
    except (ValueError, TypeError):
        return None
    return None if sender == str(HERE) else Word(kind, said)


def listening(person: UUID, streams: Iterable[str]) -> int:
    """On how many of these streams, counted a tab, a person listens: here, and in every other process."""
    streams = list(streams)
    return hub.listening(person, streams) + line.ask("listening", str(person), *streams)


def all_followed(number: int) -> bool:
    """Whether every living process has followed the cuts through this number."""
    return not Process.objects.alive().filter(followed__lt=number).exists()


@hears("listening")
def _answer(token: str, person: str, *streams: str) -> None:
    line.answer(token, hub.listening(UUID(person), streams))


def _notify(written: str) -> None:
    if has_others():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, written])


def _written(kind: str, said: Iterable[object]) -> str:
    return json.dumps([str(HERE), kind, *map(str, said)], separators=(",", ":"))


class Line:
    """This process's line to Redis: none without REDIS_URL, and silent for a second after it failed."""

    def __init__(self) -> None:
        self._client: Any = None
        self._lock = threading.Lock()
        self._silent_until = 0.0
        self.broken_since: float | None = None
        """By `time.monotonic`: since when nothing comes through; None while all is well."""
        self._mended_at = float("-inf")
        self.reads = True
        """Whether the last reading went well; a Redis may answer that and take no words, when its disk is full say."""

    @property
    def is_sure(self) -> bool:
        """Whether every word of late was heard. Without Redis none is, nor for a moment after it came back."""
        well = bool(settings.REDIS_URL) and self.broken_since is None
        return well and time.monotonic() - self._mended_at > JUST_MENDED

    def client(self) -> Any:
        """The connection pool, made when it is first needed. None where there is no Redis."""
        if not settings.REDIS_URL:
            return None
        with self._lock:
            if self._client is None:
                import redis  # not loaded where one process does everything

                self._client = redis.Redis.from_url(
                    settings.REDIS_URL,
                    socket_timeout=PATIENCE,
                    socket_connect_timeout=PATIENCE,
                    decode_responses=True,
                )
            return self._client

    def say(self, written: str) -> bool:
        """Add a word to the stream; whether it went through."""
        client = self.client()
        if client is None or time.monotonic() < self._silent_until:
            return False
        try:
            client.xadd(STREAM, {"w": written}, maxlen=KEPT, approximate=True)
        except self._errors():
            self.broke()
            return False
        if self.reads:
            self.mended()
        return True

    def knock(self) -> None:
        """Where it reads and did not write, ask whether it does again."""
        if self.broken_since is not None and self.reads:
            self.say(_written("knock", ()))

    def ask(self, kind: str, *said: str) -> int:
        """Ask the other living processes for a number each; the sum of what they answer in time."""
        others = 0
        if self.client() is not None:
            others = Process.objects.alive().exclude(id=HERE).count()
        token = f"concord:reply:{uuid4()}"
        if not others or not self.say(_written(kind, [token, *said])):
            return 0
        total, until = 0, time.monotonic() + REPLIES
        try:
            while others and (left := until - time.monotonic()) > 0:
                reply = self.client().blpop([token], timeout=left)
                total += int(reply[1]) if reply else 0
                others -= 1
        except self._errors():
            self.broke()
        return total

    def answer(self, token: str, number: int) -> None:
        """Answer what another process asked."""
        pipe = self.client().pipeline()
        pipe.rpush(token, number)
        pipe.expire(token, 5)
        pipe.execute()

    def reaches(self) -> bool:
        """Whether Redis answers now."""
        try:
            return bool(self.client().ping())
        except self._errors():
            return False

    def broke(self) -> None:
        """Nothing came through. Said once in the log, and at the desk for as long as it lasts."""
        if self.broken_since is None:
            logger.error("Redis does not answer; rooms are compared with the database instead")
            self.broken_since = time.monotonic()
        self._silent_until = time.monotonic() + 1.0

    def mended(self) -> None:
        """It answers again."""
        if self.broken_since is not None:
            logger.warning("Redis answers again")
            self._mended_at = time.monotonic()
        self.broken_since = None
        self._silent_until = 0.0

    def _errors(self) -> type[Exception]:
        from redis import RedisError

        return RedisError


line = Line()
