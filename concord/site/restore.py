"""restore: bring a backup back, into an install in which nothing has happened yet (PUB-26)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from concord.ledger.models import Entry
from concord.ledger.record import record
from concord.site.archive import ENVIRONMENT, NotABackup, member_of, staging, tables, unpack
from concord.site.backup import key_mark
from concord.vault import recovery


class NotEmpty(Exception):
    """Something has happened here already; a restore never overwrites it."""


class KeyNeeded(Exception):
    """The key file is missing here and no shares of the recovery key were given to bring it back."""


class AnotherKey(Exception):
    """The key file here is not the one that the backup was made under."""


def restore(path: Path, *, shares: Sequence[str] = (), at: datetime) -> dict[str, Any]:
    """Bring back rows, media and, by two shares of the recovery key, the key file; return the manifest.

    Whole or not at all: the rows come in one transaction, media and key file are put in place around it.
    Works from SQLite to PostgreSQL and back. Raises NotABackup, NotEmpty, KeyNeeded, AnotherKey,
    SharesDoNotFit, Tampered, OSError for a full disk.
    """
    settings.CONCORD_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    with staging(settings.CONCORD_DATA / "restored") as folder:
        manifest = unpack(path, folder)
        _check_version(manifest, path)
        _check_empty()
        with _key_file_in_place(folder, manifest, shares), _media_in_place(folder / "media"):
            call_command("migrate", interactive=False, verbosity=0)
            with transaction.atomic():
                _bring_back_rows(folder, manifest)
                record("site.restore", actor=None, subject=None, at=at)
    return manifest


def _check_version(manifest: dict[str, Any], path: Path) -> None:
    ours = set(MigrationLoader(None).disk_migrations)
    if ours != {(app, name) for app, name in manifest["migrations"]}:
        raise NotABackup(
            f"{path} was made by another version of Concord: restore it with that one, then upgrade"
        )


def _check_empty() -> None:
    """Whatever happens leaves an entry in the ledger, so an empty ledger means an unused install."""
    there = Entry._meta.db_table in connection.introspection.table_names()
    if there and Entry.objects.exists():
        raise NotEmpty(
            "this install is in use: restore into a new data folder or an empty database"
        )
    if settings.MEDIA_ROOT.exists() and any(settings.MEDIA_ROOT.iterdir()):
        raise NotEmpty(f"there are files in {settings.MEDIA_ROOT}")


@contextmanager
def _key_file_in_place(
    folder: Path, manifest: dict[str, Any], shares: Sequence[str]
) -> Iterator[None]:
    path = Path(settings.CONCORD_KEY_FILE)
    if path.exists():
        if key_mark() != manifest["key"]:
            raise AnotherKey(
                f"the backup was made under another key than {path}; move that file away"
            )
        yield
        return
    if not shares:
        raise KeyNeeded(f"there is no key file at {path}: shares of the recovery key are needed")
    sealed = (folder / ENVIRONMENT).read_bytes()
    recovery.open_environment(sealed, secret=recovery.combine(shares), path=path)
    try:
        yield
    except BaseException:
        path.unlink()
        raise


@contextmanager
def _media_in_place(media: Path) -> Iterator[None]:
    if media.exists():
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        media.rename(settings.MEDIA_ROOT)
    try:
        yield
    except BaseException:
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        raise


def _bring_back_rows(folder: Path, manifest: dict[str, Any]) -> None:
    """Replace what migrations planted by what was saved; keys are checked at the end, together."""
    with _triggers_at_rest():
        _execute([f"DELETE FROM {_quoted(model)}" for model in tables()])  # noqa: S608 our own tables
        for model in tables():
            with (folder / member_of(model)).open(encoding="utf-8") as lines:
                for saved in serializers.deserialize("jsonl", lines):
                    saved.save()
            _check_count(model, manifest["rows"][model._meta.label_lower])
        connection.check_constraints()
    _execute(connection.ops.sequence_reset_sql(no_style(), tables()))


def _check_count(model: type[Model], saved: int) -> None:
    if model._base_manager.count() != saved:
        raise NotABackup(f"not every row of {model._meta.label_lower} came back")


@contextmanager
def _triggers_at_rest() -> Iterator[None]:
    """Let saved rows in without asking for warrants again; whatever was forged, `concord audit` shows."""
    if connection.vendor == "sqlite":
        put_to_rest, wake = _sqlite_triggers()
    else:
        put_to_rest, wake = _postgresql_triggers()
    _execute(put_to_rest)
    yield
    _execute(wake)


def _sqlite_triggers() -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    quote = connection.ops.quote_name
    return [f"DROP TRIGGER {quote(name)}" for name, _ in triggers], [sql for _, sql in triggers]


def _postgresql_triggers() -> tuple[list[str], list[str]]:
    names = [_quoted(model) for model in tables()]
    return (
        [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names],
        # What is deferred must be settled before a table may be altered again.
        [
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names),
        ],
    )


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _quoted(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
