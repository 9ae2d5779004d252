"""empty_log: on SQLite, nothing that was erased stays for long in the log of what was written."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from concord.outbox.models import Job
from concord.outbox.registry import every


@every("outbox.empty_log", seconds=600)
def empty_log(job: Job | None, *, at: datetime) -> None:
    """Bring the write-ahead log into the file and cut it off: pages as they stood before lie in it until then.

    Connections are kept open, so SQLite never does so by itself. Where somebody reads just then, the next time will do.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
