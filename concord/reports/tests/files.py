"""What tests of files share: pictures and documents that tell something, and an eye on every folder."""

from __future__ import annotations

import io
import secrets
import struct
import zlib
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from concord.reports import blobs
from concord.reports.bring_files import bring_files
from concord.reports.models import Attachment, Report
from concord.reports.uploads import Brought, blob_of, kind_of, seal_upload

CANARY = b"CANARY-wf81-"


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def photograph(width: int = 64, height: int = 48) -> bytes:
    """A picture that says by which camera it was taken."""
    from PIL import Image

    said = Image.Exif()
    said[0x010F] = CANARY.decode()
    taken = io.BytesIO()
    picture = Image.new("RGB", (width, height), "teal")
    picture.save(taken, "JPEG", exif=said, comment=CANARY)
    return taken.getvalue() + CANARY


def document() -> bytes:
    """Two pages that say who wrote them, with a file hidden inside."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": CANARY.decode()})
    writer.add_attachment("hidden.txt", CANARY)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose head promises a picture of any size."""

    def part(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    dots = zlib.compress(b"\0" * 5_000_000)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", dots) + part(b"IEND", b"")


def brought(report: Report, content: bytes, at, name: str = "photo.jpg") -> Attachment:
    """A file that came with a report, as if it had been sent."""
    secret = secrets.token_bytes(32)
    blob = blobs.Blob(blob_of(secret))
    for sealed in seal_upload(secret, iter([content])):
        blob.write(sealed)
    blob.keep()
    each = Brought(secret, name, len(content), kind_of(content), "")
    (made,) = bring_files(report, [each], at=at)
    return made


def lies_plain_in(*folders: Path, word: bytes = CANARY) -> list[str]:
    """Files of these folders, and files without a name that this process holds, in which the word stands."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    paths += Path("/proc/self/fd").iterdir()
    return [str(path) for path in paths if _holds(path, word)]


def _holds(path: Path, word: bytes) -> bool:
    try:
        return path.is_file() and word in path.read_bytes()
    except OSError:
        return False
