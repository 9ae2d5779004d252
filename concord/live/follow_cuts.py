"""follow_cuts: end here what was cut in another process, at once by NOTIFY, and within a second whatever happens.

A decision's own transaction notifies. Besides, each process compares one number each second, which grows with every
shut: what it has not followed it looks up, and so it does with what else was to end of late. So a process says truly
through which cut it has followed, and a decision counts as verified when every living one has (`relay.all_followed`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event
from typing import Any, NamedTuple

from django.db import DatabaseError, close_old_connections, connection
from django.db.models.functions import Now

from concord.live import relay
from concord.live.end_streams import LET_THROUGH, follow_endings
from concord.live.hub import hub
from concord.live.models import SILENT, Ending, Process
from concord.outbox.clock import clock

BEAT = 1.0
SAY_EVERY = 5.0
"""Seconds between two signs of life."""
KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Whatever forgets a connection that is silent, a firewall say, must not leave this process deaf."""
ALONE = SILENT.total_seconds() * 2 / 3
"""Seconds without the database after which the streams of this process end: what is cut would not be heard here."""

logger = logging.getLogger("concord.live")


class Cuts(NamedTuple):
    """`number` grows with every cut; `follow` ends here whatever may no longer be open, by what the tables say."""

    number: Callable[[], int]
    follow: Callable[[], None]


_lent: list[Cuts] = []


def lends_cuts(cuts: Cuts) -> None:
    """Lend the number to compare and what to do when it has grown."""
    _lent.append(cuts)


def follow_cuts(stopping: Event) -> None:
    """Until `stopping`. The connection is one of its own: it waits for as long as the process lives."""
    follower = Follower()
    while not stopping.is_set():
        try:
            follower.follow(stopping)
        except away() as error:  # PostgreSQL restarts: listen anew
            logger.warning("The database is away: %s", type(error).__name__)
            follower.alone()
            stopping.wait(BEAT)
        except Exception:  # whoever follows no more would keep streams open that were cut
            logger.exception("Cuts could not be followed")
            follower.alone()
            stopping.wait(BEAT)
        finally:
            close_old_connections()
    follower.leave()


def _hear(payload: str) -> None:
    """A word that cannot be heard, of another version say, is found by the comparison."""
    word = relay.read(payload)
    try:
        if word is not None:
            relay.hear(word)
    except away():
        raise
    except Exception:
        logger.exception("A cut was not understood")


def away() -> tuple[type[Exception], ...]:
    """What is raised while the database cannot be reached, by Django and by psycopg's own connection."""
    import psycopg

    return DatabaseError, psycopg.Error


class Follower:
    """What one process knows of cuts."""

    def __init__(self) -> None:
        self._followed = -1
        self._said_at = 0.0
        self._heard_at = time.monotonic()

    def follow(self, stopping: Event) -> None:
        """Listen and compare, until `stopping` or until the connection breaks."""
        import psycopg

        told: dict[str, Any] = connection.get_connection_params()
        with psycopg.connect(**KEEPALIVE | told, autocommit=True) as own:
            own.execute(f"LISTEN {relay.CHANNEL}")
            while not stopping.is_set():
                self._compare()
                for note in own.notifies(timeout=BEAT, stop_after=1):
                    _hear(note.payload)
                for note in own.notifies(
                    timeout=0
                ):  # what came with it, before anything is compared
                    _hear(note.payload)
                hub.settle(LET_THROUGH)

    def alone(self) -> None:
        """Without the database nothing is followed; after a while the streams go, and come back with it."""
        if time.monotonic() - self._heard_at > ALONE:
            hub.rest()

    def leave(self) -> None:
        """The process ends; nobody waits for it."""
        try:
            Process.objects.filter(id=relay.HERE).delete()
        except away() as error:  # then its silence says so
            logger.warning("The database is away: %s", type(error).__name__)
        finally:
            connection.close()

    def _compare(self) -> None:
        close_old_connections()
        clock.keep()
        number = max((cuts.number() for cuts in _lent), default=0)
        if number != self._followed:
            for cuts in _lent:
                cuts.follow()
            hub.settle()
        follow_endings(make=self._followed >= 0)
        if number != self._followed or time.monotonic() - self._said_at > SAY_EVERY:
            Process.objects.update_or_create(
                id=relay.HERE, defaults={"seen_at": Now(), "followed": number}
            )
            Ending.objects.forget()
            self._followed, self._said_at = number, time.monotonic()
        self._heard_at = time.monotonic()
        hub.wake()
