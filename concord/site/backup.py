"""backup: everything an install knows, as it was at one moment, in one file (PUB-26)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from concord.ledger.record import record
from concord.site.archive import ENVIRONMENT, member_of, pack, refuse_to_overwrite, staging, tables
from concord.vault import environment, recovery

CHUNK = 500


def backup(path: Path, *, at: datetime) -> Path:
    """Write a backup to `path` while Concord goes on serving.

    What is sealed stays sealed, and the environment's key goes in sealed to the recovery key, so that the
    file without two shares opens nothing. Raises NoRecoveryKey, FileExistsError, OSError for a full disk;
    then there is no file.
    """
    refuse_to_overwrite(path)
    sealed = recovery.seal_environment()
    record("site.backup", actor=None, subject=None, at=at)
    with staging(path) as folder:
        (folder / ENVIRONMENT).write_bytes(sealed)
        with _moment():
            rows = {model._meta.label_lower: _write_rows(model, folder) for model in tables()}
            migrations = sorted(MigrationRecorder(connection).applied_migrations())
        if settings.MEDIA_ROOT.exists():
            shutil.copytree(
                settings.MEDIA_ROOT,
                folder / "media",
                ignore=shutil.ignore_patterns("*.part"),
                copy_function=_copy,
            )
        about = {"key": key_mark(), "migrations": migrations, "rows": rows}
        pack(folder, path, at=at, about=about)
    return path


def _copy(source: str, target: str) -> str:
    """Copy a file, unless it was erased since it was listed."""
    with suppress(FileNotFoundError):
        shutil.copyfile(source, target)
    return target


def key_mark() -> str:
    """By which a key file is recognised without being told apart by anyone who lacks it."""
    return environment.mac("backup key mark", b"").hex()


@contextmanager
def _moment() -> Iterator[None]:
    """Read the database as it is now, whatever others write meanwhile, without making them wait."""
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # a reader of the write-ahead log, which stops no writer
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _write_rows(model: type[Model], folder: Path) -> int:
    file = folder / member_of(model)
    file.parent.mkdir(exist_ok=True)
    rows = model._base_manager.order_by("pk")
    with file.open("w", encoding="utf-8") as stream:
        serializers.serialize("jsonl", rows.iterator(CHUNK), stream=stream, cls=_Exactly)
    return sum(1 for _ in file.open("rb"))


class _Exactly(DjangoJSONEncoder):
    """Moments to the microsecond: Django's own encoder cuts them, and the ledger's chain would break."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)
