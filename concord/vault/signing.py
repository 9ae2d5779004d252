"""Signing: what is signed about keys, and whether a signature is good. Plain bytes; no table, no setting, no key.

Apart from `signatures`, so that an audit on a stranger's machine judges by the same lines as the running house.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

ENROLMENT = b"concord: this key belongs to this holder\n"
VOUCHING = b"concord: this recovery key follows me\n"


def signed_by(signing_public: bytes, message: bytes, signature: bytes) -> bool:
    """True when the Ed25519 signature is good; False, never an error, for anything malformed."""
    try:
        VerifyKey(signing_public).verify(message, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True


def key_id(public: bytes) -> UUID:
    """The name by which rows refer to a public key: the first half of its SHA-256."""
    return UUID(bytes=hashlib.sha256(public).digest()[:16])


def enrolment_text(holder: bytes, reading_public: bytes, signing_public: bytes) -> bytes:
    """The bytes a countersigner signs: whose key, and both public halves."""
    return ENROLMENT + holder + reading_public + signing_public


def vouching_text(reading_public: bytes, signing_public: bytes) -> bytes:
    """The bytes that a recovery key signs about the one that follows it."""
    return VOUCHING + reading_public + signing_public


def fingerprint(reading_public: bytes, signing_public: bytes) -> str:
    """Eight groups of four hex digits that stand for a pair of public halves."""
    digest = hashlib.sha256(reading_public + signing_public).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))
