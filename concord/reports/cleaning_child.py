"""What runs in a child process: reads a hostile file from its input, writes a cleaned copy to its output.

    python -I cleaning_child.py image|pdf       exit 0: cleaned · 3: cannot be cleaned · anything else: it broke

It limits itself before it reads a byte: memory, processor time, no file written, no further process. It knows
nothing of Concord: no settings, no key, no database, an empty environment. Only here are parsers of files ever
imported.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Callable

MEMORY = 900 * 1024 * 1024
SECONDS = 20
PIXELS = 50_000_000
"""Of one picture, width times height, as its head says before anything is unpacked."""
LARGEST_EDGE = 4_096
CANNOT = 3

LIMITS = [
    (resource.RLIMIT_AS, MEMORY),
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
    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(io.BytesIO(plain), formats=known) as picture:
        if picture.width * picture.height > PIXELS:
            raise CannotBeCleaned
        if picture.format not in ("JPEG", "MPO") and getattr(picture, "n_frames", 1) > 1:
            raise CannotBeCleaned  # a film or a document of pages would lose all but the first
        picture.draft("RGB", (LARGEST_EDGE, LARGEST_EDGE))
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        is_clear = turned.has_transparency_data
        turned = turned.convert("RGBA" if is_clear else "RGB")
        turned.thumbnail((LARGEST_EDGE, LARGEST_EDGE))
        bare = Image.new(turned.mode, turned.size)
        bare.paste(turned)
    drawn = io.BytesIO()
    if is_clear:
        bare.save(drawn, "PNG")
    else:
        bare.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()


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
