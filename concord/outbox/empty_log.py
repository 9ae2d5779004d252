"""empty_log: on SQLite, nothing that was erased stays for long in the log of what was written."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from concord.outbox.models import Job
from concord.outbox.registry import every

PATIENCE = 200
"""Milliseconds."""


@every("outbox.empty_log", seconds=600)
def empty_log(job: Job | None, *, at: datetime) -> None:
    """Bring the write-ahead log into the file and cut it off: pages as they stood before lie in it until then.

    Connections are kept open, so SQLite never does so by itself. It holds every writer off for as long as it waits
    for whoever reads an older state, a backup say; so it hardly waits, and the next time will do.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        patience = int(1_000 * connection.settings_dict["OPTIONS"]["timeout"])
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")
