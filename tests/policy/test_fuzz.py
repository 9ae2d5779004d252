"""Junk, chosen by chance and repeatable by its seed: no address answers with a crash, no file fills the machine.

`tests/house/test_no_url_breaks.py` sends a fixed list of junk to every address. Here, chance mixes it: types,
scripts, huge numbers, missing and repeated fields, ids of other things, content types that are not so, broken
parts. At night there is a hundred times as much of it. A failure
names its turn; CONCORD_TEST_SEED is where chance begins.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.http import urlencode

from concord.reports.clean_file import CHILD
from concord.reports.tests.files import document, photograph, png_that_claims
from tests.browsing import DESK, PUBLIC, Form
from tests.house.test_doors import addresses
from tests.house.test_no_url_breaks import (
    FORM,
    JUNK,
    NASTY_HEADERS,
    OFTEN_SENT,
    QUERIES,
    World,
    _filled,
    _forms,
    participant,
    staff,
    undone,
    visitor,
    world,
)

__all__ = ["world"]

SEED = int(os.environ.get("CONCORD_TEST_SEED", "20260301"))
EVERY_DAY, AT_NIGHT = 500, 50_000
FILES_EVERY_DAY, FILES_AT_NIGHT = 30, 3_000
MOST_MEMORY = 200 * 1024  # kB
TYPES = [
    FORM,
    MULTIPART_CONTENT,
    "application/json",
    "text/plain; charset=utf-7",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="\\"',
    f"{FORM}; charset=utf-16",
    "",
    "\x7f/\x00",
]
METHODS = ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "BREW"]


@pytest.fixture
def urls(world: World) -> dict[str, tuple[str, dict[str, Client]]]:
    """Both hosts: their addresses, and who comes to each."""
    cast = world.cast
    sara = participant(world, cast.sara.person.logins.get())
    karim = participant(world, cast.karim.person.logins.get())
    team = {name: staff(getattr(cast, name)) for name in ("amara", "noor", "ravi", "ines")}
    return {
        "concord.site.urls_public": (
            PUBLIC,
            {"somebody unknown": visitor(PUBLIC), "sara": sara, "karim, shut out": karim},
        ),
        "concord.site.urls_desk": (DESK, {"somebody unknown": visitor(DESK), **team}),
    }


def test_no_address_breaks_under_junk_that_chance_mixed(world: World, urls: Any) -> None:
    assert broken(world, urls, EVERY_DAY) == []


@pytest.mark.nightly
def test_no_address_breaks_under_a_night_of_junk(world: World, urls: Any) -> None:
    assert broken(world, urls, AT_NIGHT) == []


def broken(world: World, urls: Any, times: int) -> list[str]:
    """What answered with a crash, and at which turn; each turn has a chance of its own."""
    known = {conf: list(addresses(import_module(conf).urlpatterns)) for conf in urls}
    ids = [one for each in world.ids.values() for one in each]
    found, forms = [], dict[tuple[str, str], list[Form]]()
    for turn in range(times):
        one = random.Random(f"{SEED}-{turn}")
        conf = one.choice(sorted(urls))
        _, visitors = urls[conf]
        who = one.choice(sorted(visitors))
        pattern, _ = one.choice(known[conf])
        path = _filled(pattern, world.ids, one.randrange(4) if one.random() < 0.9 else None)
        client = visitors[who]
        if (who, path) not in forms:
            forms[who, path] = _forms(client, path)
        ask, told = request(one, client, path, forms[who, path], ids)
        try:
            status = undone(client, ask)
        except Exception as why:  # noqa: BLE001 - whatever it is, it is a crash
            status, told = 599, f"{told}: {why!r}"
        if status >= 500 and status != 507:
            found.append(f"{status} {who} {told} {path} (turn {turn})")
    return found


def request(
    chance: random.Random, client: Client, path: str, forms: list[Form], ids: list[str]
) -> tuple[Callable[[], Any], str]:
    """One thing to ask, and what to call it."""
    way = chance.choice(["get", "form", "form", "form", "parts", "odd type", "cut", "method"])
    headers = NASTY_HEADERS if chance.random() < 0.2 else {}
    fields = some_fields(chance, forms, ids)
    query = urlencode(some_fields(chance, [], ids, names=QUERIES), doseq=True)
    address = f"{path}?{query}" if chance.random() < 0.3 else path
    send = partial(client.generic, "POST", address, **headers)
    if way == "get":
        return partial(client.generic, "GET", f"{path}?{query}", **headers), way
    if way == "method":
        method = chance.choice(METHODS)
        return partial(client.generic, method, address, b"x", **headers), method
    if way == "form":
        return partial(send, urlencode(fields, doseq=True), FORM), f"{way} {sorted(fields)}"
    if way == "parts":
        fields["attached"] = SimpleUploadedFile(
            value(chance, ids)[:50] or "a", chance.randbytes(99)
        )
        return partial(send, encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT), way
    if way == "cut":
        whole = encode_multipart(BOUNDARY, fields)
        return partial(send, mutated(chance, whole), MULTIPART_CONTENT), way
    body = chance.choice([json.dumps(fields), urlencode(fields, doseq=True), chance.randbytes(300)])
    kind = chance.choice(TYPES)
    return partial(send, body, kind), f"{way} {kind!r}"


def some_fields(
    chance: random.Random, forms: list[Form], ids: list[str], names: Any = ()
) -> dict[str, Any]:
    """The fields of a form on that page: some as they stand, some changed, some left out, some sent twice."""
    form = chance.choice(forms) if forms else Form("")
    pressed = chance.choice(form.buttons)[1] if form.buttons else {}
    held: dict[str, Any] = {**form.fields, **pressed}
    held |= dict.fromkeys(names or chance.sample(sorted(OFTEN_SENT), 2), "")
    found: dict[str, Any] = {}
    for name, stands in held.items():
        what = chance.random()
        if what < 0.3 and stands:
            found[name] = stands
        elif what < 0.8:
            found[name] = value(chance, ids)
        elif what < 0.9:
            found[name] = [value(chance, ids) for _ in range(chance.randrange(4))]
    if chance.random() < 0.1:
        found[value(chance, ids)] = value(chance, ids)
    return found


def value(chance: random.Random, ids: list[str]) -> str:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.choice(ids)
    if kind == 1:
        return str(
            chance.choice([-1, 0, 1, 2**31, 2**63, 2**64, 10**40, -(2**63) - 1, "1e999", "NaN"])
        )
    if kind == 2:
        return "".join(sign(chance) for _ in range(chance.randrange(1, 40)))
    if kind == 3:
        year = chance.choice([0, 1, 1969, 2026, 9999, 10_000])
        return f"{year:04}-{chance.randrange(14):02}-{chance.randrange(33):02}T{chance.randrange(26):02}:00"
    return chance.choice(JUNK)


def sign(chance: random.Random) -> str:
    """Any sign that can be written down in UTF-8."""
    while True:
        one = chr(chance.randrange(0x110000) if chance.random() < 0.5 else chance.randrange(0x300))
        if unicodedata.category(one) != "Cs":
            return one


def mutated(chance: random.Random, whole: bytes) -> bytes:
    """Some bytes changed, some left out, some said again, or cut short."""
    made = bytearray(whole)
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(made) + 1)
        upto = min(len(made), at + chance.randrange(1, 64))
        what = chance.randrange(4)
        if what == 0:
            made[at:upto] = chance.randbytes(upto - at)
        elif what == 1:
            del made[at:upto]
        elif what == 2:
            made[at:at] = made[at:upto] * chance.randrange(1, 4)
        elif chance.random() < 0.3:
            del made[at:]
    return bytes(made)


# Files: the child that cleans them is run as the server runs it, and says at its end how much it took.

WEIGHED = """
import atexit, re, runpy, sys
sys.argv = sys.argv[1:]
def tell():
    with open("/proc/self/status") as status:
        sys.stderr.write("PEAK " + re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
atexit.register(tell)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def picture(mode: str, width: int, height: int, kind: str, **how: Any) -> bytes:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new(mode, (width, height), 1).save(drawn, kind, **how)
    return drawn.getvalue()


def pdf(contents: bytes, *filters: str, more: bytes = b"") -> bytes:
    """A document with one page of these packed contents, and a table of where everything is."""
    names = " ".join(f"/{one}" for one in filters)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R" + more + b">>",
        f"<</Length {len(contents)}/Filter[{names}]>>\nstream\n".encode()
        + contents
        + b"\nendstream",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += f"{number} 0 obj".encode() + part + b"endobj\n"
    table = b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    end = f"trailer<</Size 5/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF".encode()
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + end


def bomb(levels: int) -> bytes:
    import zlib

    packed = bytes(200_000_000)
    for _ in range(levels):
        packed = zlib.compress(packed, 6)
    return packed


LARGE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a telephone's photograph": lambda: ("image", picture("RGB", 8_160, 6_120, "JPEG")),
    "a long screen": lambda: ("image", picture("RGB", 1_080, 11_000, "PNG")),
    "as many dots as are read": lambda: ("image", picture("RGB", 6_000, 4_000, "PNG")),
    "see-through, as many dots": lambda: ("image", picture("RGBA", 6_000, 4_000, "PNG")),
    "a web picture": lambda: ("image", picture("RGB", 4_000, 3_000, "WEBP")),
    "more dots than are read": lambda: ("image", png_that_claims(50_000, 50_000)),
    "25 MB behind a photograph": lambda: ("image", photograph() + bytes(25_000_000)),
    "a page packed twice": lambda: ("pdf", pdf(bomb(2), "FlateDecode", "FlateDecode")),
    "a page of brackets": lambda: ("pdf", pdf(b"", more=b"/X " + b"[" * 300_000)),
    "25 MB of nothing": lambda: ("pdf", b"%PDF-1.4\n" + bytes(25_000_000)),
}
CLEANED = {"a telephone's photograph", "a long screen", "as many dots as are read"}


@pytest.mark.parametrize("name", LARGE)
def test_large_files_are_cleaned_or_left_and_never_fill_the_machine(name: str) -> None:
    ended, peak = cleaned(*LARGE[name]())
    assert peak <= MOST_MEMORY
    assert ended == 0 or name not in CLEANED


def test_no_damaged_file_takes_more_than_it_may() -> None:
    assert heavy(FILES_EVERY_DAY) == []


@pytest.mark.nightly
def test_a_night_of_damaged_files_takes_no_more_than_it_may() -> None:
    assert heavy(FILES_AT_NIGHT) == []


def heavy(times: int) -> list[str]:
    """Files under which the child took too much, or ended in a way that it should not know."""
    small = [
        ("image", photograph(640, 480)),
        ("image", picture("RGBA", 300, 200, "PNG")),
        ("image", picture("P", 300, 200, "GIF")),
        ("image", picture("RGB", 300, 200, "WEBP")),
        ("image", picture("CMYK", 300, 200, "TIFF", compression="tiff_lzw")),
        ("image", picture("1", 300, 200, "BMP")),
        ("pdf", document()),
        ("pdf", pdf(b"x" * 900, more=b"/Annots[3 0 R]/B 4 0 R")),
    ]
    found = []
    for turn in range(times):
        chance = random.Random(f"{SEED}-{turn}")
        kind, whole = small[turn % len(small)]
        ended, peak = cleaned(kind, mutated(chance, whole))
        if ended not in (0, 1, 3, -24) or peak > MOST_MEMORY:  # -24: it had its time
            found.append(f"turn {turn}, {kind}: {ended}, {peak} kB")
    return found


def cleaned(kind: str, content: bytes) -> tuple[int, int]:
    """How the child ended, and the most memory that it had, in kB; 0 when it was stopped for its time."""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", WEIGHED, str(CHILD), kind],
        input=content,
        capture_output=True,
        env={"LANG": "C.UTF-8"},
        cwd="/",
    )
    told = re.search(rb"PEAK (\d+)", ran.stderr)
    return ran.returncode, int(told[1]) if told else 0
