"""On SQLite exactly one process serves: what is live is live in its memory, and nowhere else."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from concord.site.commands import CannotGoOn


@contextmanager
def alone() -> Iterator[None]:
    """Hold the data folder for this process. Raises CannotGoOn when another one serves from it."""
    if connection.vendor != "sqlite":
        yield
        return
    with (settings.CONCORD_DATA / "serving.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotGoOn(
                f"another process serves from {settings.CONCORD_DATA}; SQLite allows one, "
                "PostgreSQL (DATABASE_URL) many"
            ) from error
        yield
