"""The file that a backup is: a compressed tar of rows, media and the sealed environment key.

    manifest.json       format, version, moment, migrations, count of rows, digest of every member
    environment.sealed  the environment's master key, sealed to the recovery key
    rows/<table>.jsonl  one row a line, binary as base64, the same from SQLite and PostgreSQL
    media/…             as they lie, sealed

It is written beside its final name and appears there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model

FORMAT = 1
KEPT_FOR = timedelta(days=35)
"""No backup is kept longer: an erasure is complete once the last backup that holds it is gone."""
MANIFEST = "manifest.json"
ENVIRONMENT = "environment.sealed"


class NotABackup(Exception):
    """The file is not a backup, is damaged, or was made by a version that this one does not read."""


def tables() -> list[type[Model]]:
    """Every table there is, but for sessions: whoever was signed in signs in again."""
    return [model for model in apps.get_models() if model._meta.managed and model is not Session]


def member_of(model: type[Model]) -> str:
    return f"rows/{model._meta.label_lower}.jsonl"


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk as `beside`, gone afterwards."""
    beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".concord-", dir=beside.parent) as folder:
        yield Path(folder)


def refuse_to_overwrite(path: Path) -> None:
    """Raises FileExistsError: the backup of another day may be the last one there is."""
    if path.exists():
        raise FileExistsError(f"{path} is there already; a backup is never overwritten")


def pack(folder: Path, path: Path, *, at: datetime, about: dict[str, Any]) -> None:
    """Make the archive of a staged folder. Raises FileExistsError: a backup is never overwritten."""
    manifest = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "keep_until": (at + KEPT_FOR).isoformat(),
        **about,
        "digests": {name: _digest(folder / name) for name in _members(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
    packed = folder / "packed"
    descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            for name in [MANIFEST, *manifest["digests"]]:
                tar.add(folder / name, arcname=name, filter=_nobody)
        file.flush()
        os.fsync(file.fileno())
    refuse_to_overwrite(path)
    packed.rename(path)
    _sync_folder(path.parent)


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack into an empty folder, check every member against its digest, return the manifest.

    Raises NotABackup.
    """
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            for member in tar:
                _extract(tar, member, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError as error:
        raise NotABackup(f"there is no backup at {path}") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise NotABackup(f"{path} is not a whole backup") from error
    if manifest.get("format") != FORMAT:
        raise NotABackup(f"{path} has a form that this version does not read")
    for name, digest in manifest["digests"].items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise NotABackup(f"{path} is damaged: {name} is not what was saved")
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file, inside the folder: an archive may come from anybody."""
    target = folder / member.name
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or ".." in target.parts or not target.is_relative_to(folder):
        raise ValueError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _members(folder: Path) -> list[str]:
    return sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    )


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owned the file and when it was written: neither is needed to bring it back."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
