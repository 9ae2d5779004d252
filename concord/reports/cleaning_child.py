"""What runs in a child process: reads a hostile file from its input, writes a cleaned copy to its output.

    python -I cleaning_child.py image|pdf       exit 0: cleaned · 3: cannot be cleaned · anything else: it broke

It limits itself before it reads a byte: memory, processor time, no file written, no further process. It knows
nothing of Concord: no settings, no key, no database, an empty environment. Only here are parsers of files ever
imported.
"""

from __future__ import annotations

import io
import math
import resource
import sys
from collections.abc import Callable
from typing import Any

MEMORY = 170 * 1024 * 1024
"""What it may fill; with the programs that it runs, less than 200 MiB, on machines that have little."""
ADDRESSES = 900 * 1024 * 1024
SECONDS = 20
PIXELS = 24_000_000
"""Of one picture, width times height, before anything is unpacked. A dot takes four bytes, and is there twice."""
SHOWN = 12_500_000
"""Dots of the cleaned copy. What has more is made smaller; the original keeps them all."""
CANNOT = 3

LIMITS = [
    (resource.RLIMIT_DATA, MEMORY),
    (resource.RLIMIT_AS, ADDRESSES),
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_NPROC, 0),
]


class CannotBeCleaned(Exception):
    """The file is not of a sort that we know how to clean, or larger than we dare to unpack."""


def main() -> int:
    for limit, value in LIMITS:
        resource.setrlimit(limit, (value, value))
    clean = {"image": clean_image, "pdf": clean_pdf}[sys.argv[1]]
    return run(clean)


def run(clean: Callable[[bytes], bytes]) -> int:
    try:
        sys.stdout.buffer.write(clean(sys.stdin.buffer.read()))
        sys.stdout.buffer.flush()
    except CannotBeCleaned:
        return CANNOT
    return 0


def clean_image(plain: bytes) -> bytes:
    """The picture's dots alone, drawn anew: no place, camera, owner, thumbnail or second picture behind it."""
    from PIL import Image, ImageOps

    known = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"]
    Image.MAX_IMAGE_PIXELS = sys.maxsize  # a photograph may be unpacked smaller than its head says
    with Image.open(io.BytesIO(plain), formats=known) as picture:
        if picture.format not in ("JPEG", "MPO") and getattr(picture, "n_frames", 1) > 1:
            raise CannotBeCleaned  # a film or a document of pages would lose all but the first
        times = _times_too_large(picture)
        picture.draft(None, (picture.width // times, picture.height // times))
        if picture.width * picture.height > PIXELS:
            raise CannotBeCleaned
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        bare = _dots_of(picture)
    drawn = io.BytesIO()
    if bare.mode == "RGBA":
        bare.save(drawn, "PNG")
    else:
        bare.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()


def _dots_of(picture: Any) -> Any:
    """A new picture with the dots of this one, no more of them than are shown."""
    from PIL import Image

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    times = _times_too_large(plain)
    plain = plain.reduce(times) if times > 1 else plain
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _times_too_large(picture: Any) -> int:
    """By how much its edges are divided, for it to have as many dots as are shown."""
    return math.ceil(math.sqrt(picture.width * picture.height / SHOWN))


def clean_pdf(plain: bytes) -> bytes:
    """The pages, without what is said about them: author, program, dates, earlier versions, attached files."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, StreamObject

    reader = PdfReader(io.BytesIO(plain), strict=False)
    if reader.is_encrypted:
        raise CannotBeCleaned
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    if not writer.pages:
        raise CannotBeCleaned
    writer.metadata = None
    for each in writer._objects:  # noqa: SLF001 - pypdf offers no other way to all of them
        if isinstance(each, DictionaryObject):
            for name in UNWANTED:
                each.pop(name, None)
        if isinstance(each, StreamObject) and b"Exif\0" in (each._data or b""):  # noqa: SLF001
            raise CannotBeCleaned  # a photograph inside that says where it was taken
    cleaned = io.BytesIO()
    writer.write(cleaned)
    return cleaned.getvalue()


UNWANTED = [
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/OpenAction",
    "/AA",
    "/A",
    "/JS",
    "/JavaScript",
    "/EmbeddedFiles",
    "/AF",
    "/Thumb",
    "/ID",
]

if __name__ == "__main__":
    sys.exit(main())
