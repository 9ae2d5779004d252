"""A database apart, in which a drill is played: the product's own tables and rules, and none of its rows.

In it every page, verb and clock does what it does in earnest, for nothing in the house asks where it is. What is done
there cannot reach a real row, for the connection on which it is done has none: on SQLite it is another file, on
PostgreSQL another schema, and nothing else is in reach. That is why no query anywhere has to leave drills out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError, load_backend

from concord.actions import triggers

PREFIX = "concord_drill_"
_here: ContextVar[UUID | None] = ContextVar("concord_drill", default=None)


class NoRoomForIt(Exception):
    """The database lets nobody make a schema here, or the disk is full."""


def where() -> UUID | None:
    """The drill in whose database this very thread works now; None in earnest."""
    return _here.get()


def make(drill: UUID) -> None:
    """Make the tables and rules, empty. Raises NoRoomForIt, and then nothing is left of it."""
    try:
        _statements_are_run(drill)
    except (DatabaseError, OSError) as error:
        remove(drill)
        raise NoRoomForIt(type(error).__name__) from error


@contextmanager
def inside(drill: UUID) -> Iterator[None]:
    """Whatever this thread asks of the database, it asks of the drill's, until the block ends."""
    if where() is not None:
        raise RuntimeError("A drill is not played inside a drill.")
    earnest, apart = connections[DEFAULT_DB_ALIAS], _connection(drill)
    token = _here.set(drill)
    connections[DEFAULT_DB_ALIAS] = apart
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = earnest
        _here.reset(token)
        apart.close()


def is_there(drill: UUID) -> bool:
    """Whether it was made, and not removed: after a restore, for instance, it is not."""
    if connection.vendor == "sqlite":
        return _file(drill).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [_schema(drill)])
        return cursor.fetchone() is not None


def remove(drill: UUID) -> None:
    """Everything that was done there is gone. Removed twice is removed."""
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                Path(f"{_file(drill)}{ending}").unlink()
        return
    with _own_connection() as apart, apart.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{_schema(drill)}" CASCADE')


def remove_all_but(kept: UUID | None) -> int:
    """Remove what a crash, or a restored backup, left of drills that nobody knows of. Returns how many there were."""
    left = set(_all()) - {kept}
    for drill in left:
        remove(drill)
    return len(left)


def _all() -> list[UUID]:
    if connection.vendor == "sqlite":
        return [UUID(file.stem) for file in _folder().glob("*.sqlite3")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [PREFIX])
        return [UUID(row[0].removeprefix(PREFIX)) for row in cursor.fetchall()]


def _statements_are_run(drill: UUID) -> None:
    if connection.vendor == "sqlite":
        statements = _as_sqlite_has_them()
        file = _file(drill)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    else:
        statements = _as_postgresql_has_them(_schema(drill))
        with _own_connection() as apart, apart.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{_schema(drill)}"')
    with inside(drill):
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        triggers.install()


def _as_sqlite_has_them() -> list[str]:
    """Tables, then their indexes; the rules are installed as after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "AND type IN ('table', 'index') ORDER BY type DESC, rowid"
        )
        return [row[0] for row in cursor.fetchall()]


def _as_postgresql_has_them(schema: str) -> list[str]:
    """Tables like ours, with what they forbid, their indexes and numberings of their own.

    Foreign keys are left out: Django keeps them, and a drill is over within the hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_schema(), table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        return [
            f'CREATE TABLE "{schema}"."{table}" (LIKE "{ours}"."{table}" INCLUDING ALL)'
            for ours, table in cursor.fetchall()
        ]


def _connection(drill: UUID) -> BaseDatabaseWrapper:
    """A connection to the drill's database, outside any pool: those in the pool see the real rows.

    A file that is gone is not made anew by whoever comes too late.
    """
    if connection.vendor == "sqlite":
        return _wrapper(lambda its: its.update(NAME=f"file:{quote(str(_file(drill)))}?mode=rw"))

    def only_there(its: dict[str, Any]) -> None:
        said = its["OPTIONS"].get("options", "")
        its["OPTIONS"]["options"] = f"{said} -c search_path={_schema(drill)}".strip()

    return _wrapper(only_there)


@contextmanager
def _own_connection() -> Iterator[BaseDatabaseWrapper]:
    """One that makes and removes schemas at once, whatever transaction the caller is in."""
    apart = _wrapper(lambda its: None)
    try:
        yield apart
    finally:
        apart.close()


def _wrapper(change: Callable[[dict[str, Any]], None]) -> BaseDatabaseWrapper:
    its = deepcopy(connections[DEFAULT_DB_ALIAS].settings_dict)
    its["OPTIONS"].pop("pool", None)
    its["CONN_MAX_AGE"] = 0
    change(its)
    made: BaseDatabaseWrapper = load_backend(its["ENGINE"]).DatabaseWrapper(its, DEFAULT_DB_ALIAS)
    return made


def _folder() -> Path:
    return Path(settings.CONCORD_DATA) / "drills"


def _file(drill: UUID) -> Path:
    return _folder() / f"{drill.hex}.sqlite3"


def _schema(drill: UUID) -> str:
    return f"{PREFIX}{drill.hex}"
