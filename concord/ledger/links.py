"""Links: what a link of the chain hashes, and the walk along it. No table: whoever has the entries can walk."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

GENESIS = bytes(32)


class Entered(Protocol):
    """An entry as far as its link hashes it."""

    @property
    def id(self) -> int: ...
    @property
    def verb(self) -> str: ...
    @property
    def actor(self) -> UUID | None: ...
    @property
    def subject(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def facts(self) -> Any: ...


def digest_of(entry: Entered, *, after: bytes) -> bytes:
    """SHA-256 over the link before and the entry's own fields in one canonical form."""
    fields = {
        "id": entry.id,
        "verb": entry.verb,
        "actor": str(entry.actor) if entry.actor else None,
        "subject": str(entry.subject) if entry.subject else None,
        "at": entry.at.isoformat(),
        "facts": entry.facts,
    }
    body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(after + body).digest()


class Walk:
    """Along the chain, from where it begins: `broken_at` is the first position that does not hold, or None."""

    def __init__(self, position: int = 0, digest: bytes = GENESIS) -> None:
        self.first = self.position = position
        self.digest = digest
        self.broken_at: int | None = None

    @property
    def links(self) -> int:
        """How many links hold, up to the first that does not."""
        return self.position - self.first

    def step(self, entry: Entered, *, position: int, digest: bytes) -> bool:
        """One link on. False from the first link that does not hold."""
        if self.broken_at is not None:
            return False
        expected = digest_of(entry, after=self.digest)
        if position != self.position + 1 or digest != expected:
            self.broken_at = self.position + 1
            return False
        self.position, self.digest = position, digest
        return True
