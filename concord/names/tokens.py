"""Keyed tokens: two values can be found equal without either being kept."""

from __future__ import annotations

from typing import Protocol


class Mac(Protocol):
    """A keyed hash by purpose, as the vault lends it."""

    def __call__(self, purpose: str, message: bytes, size: int = 16) -> bytes: ...


_lent: list[Mac] = []


def lend_mac(mac: Mac) -> None:
    """Let the vault, which sits above and holds the keys, lend its keyed hash; once per process."""
    _lent[:] = [mac]


def token(kind: str, value: str) -> bytes:
    """16 bytes (HMAC-SHA-256 cut in half) that stand for a value; each kind has a key of its own.

    Equal values of one kind give equal tokens; across kinds, or without the key file, nothing compares.
    A period in the kind ("mailbox:2026") keeps periods apart. Callers fold or canonicalise the value first.
    """
    return _lent[0](f"names {kind}", value.encode())
