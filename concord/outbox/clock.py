"""clock: the moment it is for every process: the database's clock counts where a machine's own differs from it.

What ends at a time (a shut, a limit, a brake, a lease) is written by one process and compared by another: on a machine
that is two minutes ahead it would end two minutes early. One process over SQLite has one clock, and asks nobody.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

TOLERATED = timedelta(seconds=2)
"""So much is the way to the database and back on a busy machine."""
ASK_EVERY = 5.0
"""Seconds between two comparisons."""

log = logging.getLogger("concord.outbox")


class Clock:
    """How far this machine's clock is behind the database's; nothing while they agree."""

    def __init__(self) -> None:
        self._behind = timedelta(0)
        self._asked_at = -ASK_EVERY

    def now(self) -> datetime:
        return timezone.now() + self._behind

    def keep(self) -> None:
        """Compare, if it has not been done for a while. Called by what runs all along; raises DatabaseError."""
        if connection.vendor == "postgresql" and time.monotonic() - self._asked_at >= ASK_EVERY:
            self._asked_at = time.monotonic()
            before = timezone.now()
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                self.hear(cursor.fetchone()[0], before=before, after=timezone.now())

    def hear(self, told: datetime, *, before: datetime, after: datetime) -> None:
        """What the database's clock said between two moments of our own. An answer that took long says nothing."""
        if not timedelta(0) <= after - before <= TOLERATED:
            return
        off = told - (before + (after - before) / 2)
        behind = off if abs(off) > TOLERATED else timedelta(0)
        if bool(behind) is not bool(self._behind):
            log.warning(
                "This machine's clock differs from the database's, which counts; please set it"
                if behind
                else "This machine's clock agrees with the database's again",
                extra={"seconds": round(off.total_seconds())},
            )
        self._behind = behind


clock = Clock()
"""This process's."""


EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def is_in_reach(moment: datetime) -> bool:
    """Whether every zone's clock can show it."""
    return EARLIEST <= moment < LATEST
