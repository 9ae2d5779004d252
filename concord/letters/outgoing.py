"""Texts that leave by another way than a letter, such as an answer laid into a box: read before they go, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class Reader(Protocol):
    """Reads a text in its author's session; raises `Refused` when it must not leave."""

    def __call__(self, *texts: str, about: UUID, by: UUID, keyring: Any, at: datetime) -> None: ...


_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Lend a reader, once per process; the room that protects survivors does."""
    if reader not in _readers:
        _readers.append(reader)


def read_outgoing(*texts: str, about: UUID, by: UUID, keyring: Any, at: datetime) -> None:
    """Have every reader look at the texts. `about` is the report or case they belong to (K-NAME-1).

    Raises what a reader raises; then nothing has left.
    """
    for reader in _readers:
        reader(*texts, about=about, by=by, keyring=keyring, at=at)
