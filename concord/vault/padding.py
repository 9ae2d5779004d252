"""Padding: a sealed text should say little about its length, or "yes" and a page of grief look different.

ISO/IEC 7816-4, by libsodium, up to the next power of two from 256 bytes on; from 64 KiB, to whole 64 KiB.
"""

from __future__ import annotations

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError

from concord.vault.errors import Tampered

SMALLEST = 256
LARGEST = 64 * 1024


def pad(plaintext: bytes) -> bytes:
    """The text, a mark and zeros, filling the smallest bucket that holds them."""
    return sodium_pad(plaintext, _bucket(len(plaintext) + 1))


def unpad(padded: bytes) -> bytes:
    """What was padded. Raises Tampered for bytes that `pad` cannot have made."""
    try:
        return sodium_unpad(padded, min(len(padded), LARGEST))
    except CryptoError as error:
        raise Tampered from error


def _bucket(size: int) -> int:
    return min(max(SMALLEST, 1 << (size - 1).bit_length()), LARGEST)
