"""A holder's keys once more, for one device of theirs: sealed under what that device answers, and nobody can ask it
without its owner's finger, face or number.

The device is asked a question of 32 bytes and answers with 32 that it alone can make (the PRF of WebAuthn). The
question changes with the passphrase, so that an answer once overheard opens nothing that is sealed afterwards.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from concord.ledger.record import record
from concord.vault import environment, sealing
from concord.vault.errors import CopyDoesNotOpen, NoKey, Tampered
from concord.vault.keyring import Keyring
from concord.vault.models import KeyCopy, PersonKey
from concord.vault.padding import pad, unpad
from concord.vault.signing import key_id

ANSWER_BYTES = 32


def question_for(holder: UUID) -> bytes:
    """The 32 bytes that this holder's devices are asked. Raises NoKey for a holder without a passphrase."""
    key = _key_of(holder)
    return environment.mac("device question", holder.bytes + bytes(key.salt), 32)


@transaction.atomic
def keep_copy(keyring: Keyring, *, device: UUID, answer: bytes, at: datetime) -> KeyCopy:
    """Seal an open keyring under a device's answer. What was kept for this device before is replaced.

    Raises NoKey when the keyring is not the holder's own key any more, CopyDoesNotOpen for what is no answer.
    """
    key = _key_of(keyring.holder, lock=True)
    if key.id != keyring.key_id:
        raise NoKey(subject=keyring.holder)
    copy = KeyCopy(id=device, key=key, made_at=at)
    copy.sealed = sealing.seal_under(
        _stretched(answer, keyring.holder), pad(keyring.secret()), about=_about(copy)
    )
    KeyCopy.objects.filter(id=device, key__holder=keyring.holder).delete()
    copy.save(force_insert=True)
    record("vault.keep_copy", actor=keyring.holder, subject=keyring.holder, at=at)
    return copy


def open_copy(holder: UUID, *, device: UUID, answer: bytes) -> Keyring:
    """The holder's keyring, from the copy kept for this device. Raises CopyDoesNotOpen."""
    kept = KeyCopy.objects.filter(id=device, key__holder=holder, key__retired_at=None)
    copy = kept.select_related("key").first()
    if copy is None:
        raise CopyDoesNotOpen(subject=holder)
    try:
        secret = sealing.open_under(
            _stretched(answer, holder), bytes(copy.sealed), about=_about(copy)
        )
    except Tampered as error:
        raise CopyDoesNotOpen(subject=holder) from error
    return Keyring.from_secret(holder, unpad(secret))


def devices_of(holder: UUID) -> set[UUID]:
    """The devices for which a copy of this holder's keys is kept."""
    return set(KeyCopy.objects.filter(key__holder=holder).values_list("id", flat=True))


def drop_copy(holder: UUID, *, device: UUID, at: datetime) -> int:
    """Destroy what is kept for one device; how many that were."""
    return _drop(KeyCopy.objects.filter(id=device, key__holder=holder), holder, at)


def drop_copies(holder: UUID, *, at: datetime) -> int:
    """Destroy what is kept for all of a holder's devices; how many that were."""
    return _drop(KeyCopy.objects.filter(key__holder=holder), holder, at)


def device_of(credential_id: bytes) -> UUID:
    """The name by which rows refer to a device: of its public identifier, as keys are named."""
    return key_id(credential_id)


@transaction.atomic
def _drop(copies: QuerySet[KeyCopy], holder: UUID, at: datetime) -> int:
    dropped, _ = copies.delete()
    if dropped:
        record("vault.drop_copies", actor=None, subject=holder, at=at, count=dropped)
    return dropped


def _key_of(holder: UUID, *, lock: bool = False) -> PersonKey:
    keys = PersonKey.objects.select_for_update() if lock else PersonKey.objects.all()
    key = keys.filter(holder=holder, retired_at=None).exclude(sealed_secret=b"").first()
    if key is None:
        raise NoKey(subject=holder)
    return key


def _stretched(answer: bytes, holder: UUID) -> bytes:
    if len(answer) != ANSWER_BYTES:
        raise CopyDoesNotOpen(subject=holder)
    return sealing.expand(
        answer, purpose="concord key copy", salt=environment.subkey("device pepper")
    )


def _about(copy: KeyCopy) -> str:
    return f"vault.keycopy.sealed:{copy.id}:{copy.key_id}:{copy.key.holder}"
