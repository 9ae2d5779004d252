"""Files on their way to a report: sealed from the first byte, under a key that nobody keeps but the form.

A file is sealed as it comes in, before there is a report, under a fresh secret. After a form error the secret
goes back to the browser, as the file's reference in the form: with it the file need not be sent again. What
lies here meanwhile, the server cannot read. It waits an hour. When the report is received, the secret is sealed
into the report's own file (`bring_files`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import OperationalError

from concord.names.display import BLANKS, HIDDEN
from concord.names.normalising import normalised
from concord.outbox.clock import clock
from concord.refusals import is_full
from concord.reports import blobs
from concord.reports.models import Upload
from concord.vault import environment, sealing, streams

WAITS = timedelta(hours=1)
"""How long a file waits for the form that it came with to be sent again."""
LONGEST_NAME = 120
SECRET_BYTES = 32
HEAD = 512
"""Bytes from the beginning by which a kind of file is told."""
ABOUT = "reports.upload"

View = TypeVar("View", bound=Callable[..., Any])


class Why(Enum):
    """Why a file was not taken."""

    TOO_LARGE = "too large"
    TOO_MANY = "too many"
    NO_SPACE = "no space"


class Brought(NamedTuple):
    """A sealed file, and the secret that opens it."""

    secret: bytes
    name: str
    size: int
    kind: str
    digest: str

    @property
    def reference(self) -> str:
        """What the form carries instead of the file."""
        return self.secret.hex()

    @property
    def blob(self) -> str:
        return blob_of(self.secret)

    def to_bytes(self) -> bytes:
        return json.dumps(self._asdict() | {"secret": self.reference}).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Brought:
        kept = json.loads(plain)
        return cls(**kept | {"secret": bytes.fromhex(kept["secret"])})


class SealedFile(UploadedFile):
    """What stands in `request.FILES` for a file that was taken."""

    def __init__(self, brought: Brought) -> None:
        super().__init__(None, brought.name, size=brought.size)
        self.brought = brought


class RefusedFile(UploadedFile):
    """What stands in `request.FILES` for a file that was not taken."""

    def __init__(self, name: str, why: Why) -> None:
        super().__init__(None, name, size=0)
        self.why = why


class SealingHandler(FileUploadHandler):
    """Takes all that people send us: seals each piece as it comes; no file is ever whole, or plain, anywhere.

    A page that does not say `takes_files` gets none: they are read past. A file that is too large, one too many,
    or one that finds no space is refused by itself, so that what was typed and the other files stay.
    """

    chunk_size = streams.CHUNK

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._taken = self._all = 0
        self._current: _Current | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._current = None
        matched = getattr(self.request, "resolver_match", None)
        if not getattr(matched and matched.func, "takes_files", False):
            raise SkipFile
        self._current = _Current(clean_file_name(str(self.file_name)))
        if self._taken >= settings.CONCORD_REPORT_FILES:
            self._current.refuse(Why.TOO_MANY)
        else:
            self._current.begin()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        current = self._current
        if current is None:
            return
        self._all += len(raw_data) if current.why is None else 0
        if current.size + len(raw_data) > settings.CONCORD_REPORT_FILE_BYTES:
            current.refuse(Why.TOO_LARGE)
        elif self._all > settings.CONCORD_REPORT_ALL_BYTES:
            current.refuse(Why.TOO_MANY)
        else:
            current.add(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        current, self._current = self._current, None
        if current is None:
            return None
        brought = current.finish()
        if brought is None:
            return RefusedFile(current.name, current.why or Why.NO_SPACE)
        self._taken += 1
        return SealedFile(brought)

    def upload_interrupted(self) -> None:
        if self._current is not None:
            self._current.refuse(Why.NO_SPACE)


class _Current:
    """The file that is coming in just now."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self.why: Why | None = None
        self._head = b""
        self._digest = hashlib.sha256()
        self._secret = secrets.token_bytes(SECRET_BYTES)
        self._sealer = streams.Sealer(_stream_key(self._secret), about=ABOUT)
        self._blob: blobs.Blob | None = None

    def begin(self) -> None:
        try:
            self._blob = blobs.Blob(blob_of(self._secret))
            self._blob.write(self._sealer.start)
        except blobs.DiskIsFull:
            self.refuse(Why.NO_SPACE)

    def add(self, piece: bytes) -> None:
        if self._blob is None:
            return
        self.size += len(piece)
        self._head = (self._head + piece[:HEAD])[:HEAD]
        self._digest.update(piece)
        try:
            self._blob.write(self._sealer.add(piece))
        except blobs.DiskIsFull:
            self.refuse(Why.NO_SPACE)

    def finish(self) -> Brought | None:
        if self._blob is None:
            return None
        brought = Brought(
            self._secret, self.name, self.size, kind_of(self._head), self._digest.hexdigest()
        )
        try:
            self._blob.write(self._sealer.finish())
            self._blob.keep()
            keep_upload(brought, at=clock.now())
        except blobs.DiskIsFull:
            self.refuse(Why.NO_SPACE)
            return None
        return brought

    def refuse(self, why: Why) -> None:
        """Drop what there is of it; the first reason stays."""
        self.why = self.why or why
        if self._blob is not None:
            self._blob.drop()
        self._blob = None


def takes_files(view: View) -> View:
    """Mark a view whose form may bring files."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def keep_upload(brought: Brought, *, at: datetime) -> Upload:
    """Write down that a sealed file waits. Raises DiskIsFull, and then its blob is gone."""
    sealed = sealing.seal_under(_row_key(brought.secret), brought.to_bytes(), about=ABOUT)
    try:
        return Upload.objects.create(blob=brought.blob, sealed=sealed, expires_at=at + WAITS)
    except OperationalError as why:
        blobs.erase(brought.blob)
        if is_full(why):
            raise blobs.DiskIsFull from why
        raise


def find_upload(reference: str, *, at: datetime) -> Brought | None:
    """The file that a form refers to, while it waits; None for a reference that is made up or has run out."""
    try:
        secret = bytes.fromhex(reference)
    except ValueError:
        return None
    if len(secret) != SECRET_BYTES:
        return None
    found = Upload.objects.filter(blob=blob_of(secret), expires_at__gt=at).first()
    if found is None:
        return None
    return Brought.from_bytes(
        sealing.open_under(_row_key(secret), bytes(found.sealed), about=ABOUT)
    )


def open_upload(brought: Brought) -> Iterator[bytes]:
    """The file as it was sent, chunk by chunk. Raises Tampered, FileNotFoundError."""
    return streams.open_under(_stream_key(brought.secret), blobs.read(brought.blob), about=ABOUT)


def seal_upload(secret: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Seal what we made ourselves, such as a cleaned copy, as if it had been sent."""
    return streams.seal_under(_stream_key(secret), pieces, about=ABOUT)


def blob_of(secret: bytes) -> str:
    """The name of its blob and its row: it tells nothing of the secret."""
    return environment.mac("report upload", secret).hex()


def clean_file_name(name: str) -> str:
    """A file's name as it may be shown: no path, no controls, no signs that turn the text or do not show."""
    flat = " ".join(normalised("NFC", name).replace("\\", "/").split("/")[-1].split())
    shown = "".join(
        sign for sign in flat if sign not in BLANKS and unicodedata.category(sign) not in HIDDEN
    ).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > LONGEST_NAME and dot and len(ending) <= 10:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return shown[:LONGEST_NAME] or "file"


SIGNATURES = [
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "archive"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"\x1aE\xdf\xa3", "film"),
]


def kind_of(head: bytes) -> str:
    """What a file seems to be, by how it begins and never by its name."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image", b"WAVE": "sound", b"AVI ": "film"}.get(head[8:12], "other")
    if head[4:8] == b"ftyp":
        return "sound" if head[8:11] == b"M4A" else "film"
    return next((kind for sign, kind in SIGNATURES if head.startswith(sign)), "other")


def _stream_key(secret: bytes) -> bytes:
    return sealing.expand(secret, purpose="report upload stream")


def _row_key(secret: bytes) -> bytes:
    return sealing.expand(secret, purpose="report upload row")
