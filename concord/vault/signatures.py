"""Signatures: who signed, with a key that counted by then; and every key that an audit has to walk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from concord.vault.enrolments import KeyRow, RecoveryRow, vouched_for
from concord.vault.models import PersonKey, RecoveryKey
from concord.vault.signing import enrolment_text, signed_by


def verify(holder: UUID, message: bytes, signature: bytes, *, at: datetime | None = None) -> bool:
    """True when the holder signed this message with a key that counted at `at` (or counts now)."""
    keys = PersonKey.objects.filter(holder=holder).counting(at=at)
    return any(signed_by(bytes(key.signing_public), message, signature) for key in keys)


def verify_vouched(holder: UUID, message: bytes, signature: bytes, *, at: datetime) -> bool:
    """The same, by a key to which a line of vouching leads: one that was put in another's place signs nothing."""
    good = vouched_for(recovery_rows(), key_rows())
    keys = PersonKey.objects.filter(holder=holder).counting(at=at)
    return any(
        key.id in good and signed_by(bytes(key.signing_public), message, signature) for key in keys
    )


def key_rows() -> Iterator[KeyRow]:
    """Every key that ever counted, oldest first, as plain rows for an audit."""
    for key in PersonKey.objects.filter(enrolled_at__isnull=False).order_by("enrolled_at", "id"):
        if key.enrolled_at is not None and key.countersigner is not None:
            yield KeyRow(
                id=key.id,
                holder=key.holder,
                reading_public=bytes(key.reading_public),
                signing_public=bytes(key.signing_public),
                made_at=key.made_at,
                enrolled_at=key.enrolled_at,
                countersigner=key.countersigner,
                countersignature=bytes(key.countersignature),
                retired_at=key.retired_at,
            )


def recovery_rows() -> Iterator[RecoveryRow]:
    """Every recovery key that ever was, oldest first, as plain rows: each vouches for the one after it."""
    for key in RecoveryKey.objects.order_by("made_at", "id"):
        yield RecoveryRow(
            id=key.id,
            reading_public=bytes(key.reading_public),
            signing_public=bytes(key.signing_public),
            made_at=key.made_at,
            retired_at=key.retired_at,
            vouched_by_last=bytes(key.vouched_by_last),
        )


def enrolment_statement(key: PersonKey) -> bytes:
    """What is signed about a key at its enrolment."""
    return enrolment_text(key.holder.bytes, bytes(key.reading_public), bytes(key.signing_public))
