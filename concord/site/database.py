"""Which database one setting chooses: a file of SQLite, or a server of PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

POSTGRESQL = ("postgres://", "postgresql://")
_OURS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class NoSuchDatabase(ValueError):
    """`DATABASE_URL` names no database that Concord runs on; the message never repeats it, for it holds a password."""


def database_of(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME?OPTION=VALUE`.

    libpq itself reads the second, so that it means here what it means to `psql`. Raises `NoSuchDatabase`.
    """
    if url.startswith("sqlite:///"):
        path = unquote(urlsplit(url).path).removeprefix("/")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": {}}
    if not url.startswith(POSTGRESQL):
        raise NoSuchDatabase("DATABASE_URL must begin with sqlite:/// or postgresql://")
    from psycopg import ProgrammingError  # not loaded where SQLite carries everything
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = conninfo_to_dict(url)
    except ProgrammingError:
        raise NoSuchDatabase("DATABASE_URL is no address of a PostgreSQL database") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: said.pop(theirs, "") for theirs, ours in _OURS.items()},
        "OPTIONS": said,
    }
