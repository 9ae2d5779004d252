"""Padding: what a page of the public host weighs on the wire tells nobody which page it was (decision 9).

Every such answer is filled up to a whole number of `STEP` bytes, head included, with random signs in headers of
its own. They lie outside the compressed body, where nothing that is secret could be guessed at by their length.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

STEP = 4_000
LONGEST_LINE = 1_000
"""Bytes of one padding header, name and line end included: proxies limit a line sooner than a head."""

_NAME = "x-padding-{}"
_SIGNS = bytes.maketrans(bytes(range(256)), b"XZ*&" * 64)
"""Signs that take eight bits in the Huffman code of HTTP/2 and 3 as well, so no proxy makes them shorter."""
_AROUND = len(": \r\n")
_SMALLEST = len(_NAME.format(1)) + _AROUND + 1
_DATE = ("date", "Sun, 01 Jan 2023 00:00:00 GMT")
"""The server adds it to every answer, always as long as this."""

Header = tuple[str, str]


def padding_for(status: str, headers: Iterable[Header], body: int) -> list[Header]:
    """The headers that fill up an answer with this status ("200 OK"), these headers and `body` bytes."""
    head = len(f"HTTP/1.1 {status}\r\n\r\n".encode("latin-1"))
    head += sum(len(name) + len(value) + _AROUND for name, value in [*headers, _DATE])
    return _lines(-(head + body) % STEP)


def _lines(missing: int) -> list[Header]:
    if not missing:
        return []
    if missing < _SMALLEST:
        missing += STEP
    count = -(-missing // LONGEST_LINE)
    sizes = [missing // count + (number < missing % count) for number in range(count)]
    return [_line(number, size) for number, size in enumerate(sizes, start=1)]


def _line(number: int, size: int) -> Header:
    name = _NAME.format(number)
    signs = os.urandom(size - len(name) - _AROUND).translate(_SIGNS)
    return name, signs.decode("ascii")
