"""Signatures: who signed, with a key that counted by then; and who vouched for the key itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

from concord.vault.models import PersonKey, RecoveryKey

ENROLMENT = b"concord: this key belongs to this holder\n"


def verify(holder: UUID, message: bytes, signature: bytes, *, at: datetime | None = None) -> bool:
    """True when the holder signed this message with a key that counted at `at` (or counts now)."""
    keys = PersonKey.objects.filter(holder=holder).counting(at=at)
    return any(signed_by(bytes(key.signing_public), message, signature) for key in keys)


def enrolled_keys() -> Iterator[PersonKey]:
    """Every key that ever counted, oldest first: for the audit, which checks and prints fingerprints."""
    yield from PersonKey.objects.filter(enrolled_at__isnull=False).order_by("enrolled_at", "id")


def enrolment_holds(key: PersonKey) -> bool:
    """True when the countersignature on a key is real and its signer's own key counted at that moment.

    `concord audit` calls this for every key; whoever edits a public key in the database breaks it.
    """
    if key.enrolled_at is None or key.countersigner is None:
        return False
    statement = enrolment_statement(key)
    recovery = RecoveryKey.objects.filter(
        id=key.countersigner, made_at__lte=key.enrolled_at
    ).first()
    if recovery is not None:
        return signed_by(bytes(recovery.signing_public), statement, bytes(key.countersignature))
    return verify(key.countersigner, statement, bytes(key.countersignature), at=key.enrolled_at)


def enrolment_statement(key: PersonKey) -> bytes:
    """The bytes a countersigner signs: whose key, and both public halves."""
    return ENROLMENT + key.holder.bytes + bytes(key.reading_public) + bytes(key.signing_public)


def signed_by(signing_public: bytes, message: bytes, signature: bytes) -> bool:
    """True when the Ed25519 signature is good; False, never an error, for anything malformed."""
    try:
        VerifyKey(signing_public).verify(message, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True
