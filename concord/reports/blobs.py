"""Sealed bytes on disk, under MEDIA_ROOT: a random name, a private mode, there whole or not at all.

Nothing here knows a key. A blob is kept as long as a row names it; `forget_uploads` erases the others.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from concord.refusals import is_full

RESERVE = 256_000_000
"""Bytes of disk that files leave free, so that words can be reported when there is no space for files."""
PIECE = 64 * 1024
UNFINISHED = ".part"


class DiskIsFull(Exception):
    """There is no space left for files."""


class Blob:
    """One blob as it is written. Until `keep` it has another name; `drop` leaves nothing behind."""

    def __init__(self, name: str) -> None:
        """Raises DiskIsFull."""
        self._path = path_of(name)
        self._unfinished = self._path.with_suffix(UNFINISHED)
        try:
            opened = self._open()
        except OSError as why:
            if is_full(why):
                raise DiskIsFull from why
            raise
        self._file: BinaryIO = os.fdopen(opened, "wb", buffering=0)

    def _open(self) -> int:
        folder = self._path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < RESERVE:
            raise OSError(errno.ENOSPC, "what is left is for words")
        return os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, sealed: bytes) -> None:
        """Add sealed bytes. Raises DiskIsFull, and then nothing is left of it."""
        try:
            if self._file.write(sealed) != len(sealed):
                raise OSError(errno.ENOSPC, "short write")
        except OSError as why:
            self.drop()
            if is_full(why):
                raise DiskIsFull from why
            raise

    def keep(self) -> None:
        """Make it last. Raises DiskIsFull."""
        try:
            os.fsync(self._file.fileno())
        except OSError as why:
            self.drop()
            if is_full(why):
                raise DiskIsFull from why
            raise
        self._file.close()
        self._unfinished.rename(self._path)
        _sync(self._path.parent)

    def drop(self) -> None:
        """Leave nothing of it. Twice is once."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def path_of(name: str) -> Path:
    """Where a blob of this name lies."""
    return Path(settings.MEDIA_ROOT) / "sealed" / name


def read(name: str) -> Iterator[bytes]:
    """A blob, piece by piece. Raises FileNotFoundError."""
    with path_of(name).open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def erase(name: str) -> None:
    """Erase a blob. Twice is once."""
    path_of(name).unlink(missing_ok=True)


def written_before(moment: datetime) -> Iterator[str]:
    """The names of all that was written before then, unfinished ones included."""
    folder = path_of("")
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if path.stat().st_mtime < moment.timestamp():
                yield path.name
        except FileNotFoundError:  # a writer finished it, or dropped it, just now
            continue


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
