"""Person keys: made at enrolment, counted once countersigned, opened by a passphrase at sign-in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from concord.ledger.record import record
from concord.vault import environment, sealing
from concord.vault.errors import (
    KeyAlreadyThere,
    NeedsAnotherPerson,
    NoKey,
    NotTheKeysCompared,
    OnlyForTheFirstTwo,
    PassphraseTooWeak,
    Tampered,
    WrongPassphrase,
)
from concord.vault.keyring import SECRET_BYTES, Keyring, RecoverySecret
from concord.vault.models import PersonKey, RecoveryKey
from concord.vault.padding import pad, unpad
from concord.vault.passphrases import (
    cost_now,
    generate_passphrase,
    new_salt,
    stretch,
    strong_enough,
)
from concord.vault.signatures import enrolment_statement, verify
from concord.vault.signing import key_id

__all__ = [
    "Keyring",
    "RecoverySecret",
    "begin_anew",
    "change_passphrase",
    "countersign",
    "enrol",
    "enrol_reader",
    "generate_passphrase",
    "public_keys",
    "reading_keys",
    "retire",
    "seal_for",
    "seal_for_self",
    "strong_enough",
    "unlock",
    "verify",
    "waiting",
]

FIRST_TWO = 2


@transaction.atomic
def enrol(
    holder: UUID,
    passphrase: str,
    *,
    at: datetime,
    countersigner: Keyring | RecoverySecret | None,
) -> PersonKey:
    """Make a person's reading and signing keys, sealed under the passphrase and to recovery.

    Without a countersigner the key opens nothing and signs nothing that counts, until `countersign`.
    Raises PassphraseTooWeak, KeyAlreadyThere, NoRecoveryKey and what `countersign` raises.
    """
    return _enrol(Keyring.new(holder), passphrase, at=at, countersigner=countersigner)


@transaction.atomic
def begin_anew(keyring: Keyring, passphrase: str, *, at: datetime) -> Keyring:
    """Fresh keys under a new passphrase, in place of waiting ones: who saw the old one, and has its row, has nothing.

    What was sealed to them alone meanwhile is for the caller to seal again. Raises PassphraseTooWeak; NoKey for keys
    that somebody vouched for, or that are theirs no more.
    """
    theirs = PersonKey.objects.select_for_update().filter(id=keyring.key_id, enrolled_at=None)
    if not theirs.filter(retired_at=None).exists():
        raise NoKey(subject=keyring.holder)
    fresh = Keyring.new(keyring.holder)
    retire(keyring.holder, by=keyring.holder, at=at)
    _enrol(fresh, passphrase, at=at, countersigner=None)
    return fresh


@transaction.atomic
def enrol_reader(
    holder: UUID,
    reading_public: bytes,
    *,
    at: datetime,
    countersigner: Keyring | RecoverySecret | None,
) -> PersonKey:
    """Enter the public key of a reader without passphrase, such as the outside contact's letterbox.

    Raises KeyAlreadyThere and what `countersign` raises.
    """
    return _enter(_new_key(holder, reading_public, at=at), at=at, countersigner=countersigner)


@transaction.atomic
def countersign(
    holder: UUID, *, by: Keyring | RecoverySecret, at: datetime, compared: str | None = None
) -> PersonKey:
    """Vouch that the waiting key of this holder is theirs: from now on it counts.

    Whoever vouches has `compared` this fingerprint with the person. Raises NoKey when nothing waits or the
    voucher's own key does not count, NotTheKeysCompared when another one waits now, NeedsAnotherPerson for one's own
    key, OnlyForTheFirstTwo when the recovery key vouches for a person although two people could.
    """
    key = PersonKey.objects.select_for_update().filter(holder=holder, retired_at=None).first()
    if key is None or key.enrolled_at is not None:
        raise NoKey(subject=holder)
    if compared is not None and compared != key.fingerprint:
        raise NotTheKeysCompared(subject=holder)
    _check_may_vouch(by, key)
    key.countersigner = by.holder
    key.countersignature = by.sign(enrolment_statement(key))
    key.enrolled_at = at
    key.save()
    record("vault.countersign", actor=by.holder, subject=holder, at=at, fingerprint=key.fingerprint)
    return key


def unlock(holder: UUID, passphrase: str, *, of_a_stranger: bool = False) -> Keyring:
    """Open a holder's keyring. One run of Argon2id, also for a holder nobody knows. Raises WrongPassphrase.

    Before a name is known to exist, callers pass a fresh uuid, so that both answers cost the same. `of_a_stranger` is
    tried in a line of its own. Raises TooManyAtOnce.
    """
    known = PersonKey.objects.filter(holder=holder, retired_at=None).exclude(sealed_secret=b"")
    decoy = _decoy(holder)  # also made when nobody needs it
    key = known.first() or decoy
    stretched = stretch(
        passphrase,
        salt=bytes(key.salt),
        cost=(key.passes, key.memory),
        of_a_stranger=of_a_stranger,
    )
    try:
        secret = sealing.open_under(
            stretched, bytes(key.sealed_secret), about=about_passphrase(key)
        )
    except Tampered as error:
        raise WrongPassphrase from error
    return Keyring.from_secret(holder, unpad(secret))


@transaction.atomic
def change_passphrase(keyring: Keyring, new: str, *, at: datetime) -> PersonKey:
    """Seal an open keyring under a new passphrase. The keys stay; copies kept for devices do not.

    Whoever may have seen the old passphrase may have connected a device of their own.
    Raises PassphraseTooWeak, NoKey.
    """
    if not strong_enough(new):
        raise PassphraseTooWeak(subject=keyring.holder)
    key = PersonKey.objects.select_for_update().filter(id=keyring.key_id, retired_at=None).first()
    if key is None:
        raise NoKey(subject=keyring.holder)
    seal_under_passphrase(key, keyring, new)
    key.save()
    key.copies.all().delete()
    record("vault.change_passphrase", actor=keyring.holder, subject=keyring.holder, at=at)
    return key


@transaction.atomic
def retire(holder: UUID, *, by: UUID | None, at: datetime) -> PersonKey:
    """End a holder's key: it opens at sign-in no more and signs nothing that counts; old signatures stand.

    Grants are withdrawn file by file (`files.held_by`, `files.withdraw`). Raises NoKey.
    """
    key = PersonKey.objects.select_for_update().filter(holder=holder, retired_at=None).first()
    if key is None:
        raise NoKey(subject=holder)
    key.retired_at = at
    key.sealed_secret = key.sealed_to_recovery = b""
    key.save()
    key.copies.all().delete()
    record("vault.retire", actor=by, subject=holder, at=at, fingerprint=key.fingerprint)
    return key


def public_keys(holder: UUID) -> PersonKey:
    """The holder's key that counts now, for its public halves and fingerprint. Raises NoKey."""
    key = PersonKey.objects.filter(holder=holder).counting().first()
    if key is None:
        raise NoKey(subject=holder)
    return key


def reading_keys(holders: Iterable[UUID]) -> dict[UUID, bytes]:
    """The reading key that counts now of each of these holders, in one query. Raises NoKey when one has none."""
    wanted = list(holders)
    held = PersonKey.objects.counting().filter(holder__in=wanted)
    keys = {holder: bytes(key) for holder, key in held.values_list("holder", "reading_public")}
    for holder in wanted:
        if holder not in keys:
            raise NoKey(subject=holder)
    return keys


def waiting(holder: UUID) -> PersonKey | None:
    """The holder's key that nobody has vouched for yet, for its fingerprint; None when there is none."""
    return PersonKey.objects.filter(holder=holder, retired_at=None, enrolled_at=None).first()


def seal_for(holder: UUID, plaintext: bytes, *, about: str) -> bytes:
    """Seal to one holder; `Keyring.open_sealed` opens it. Raises NoKey."""
    return sealing.seal_to(bytes(public_keys(holder).reading_public), plaintext, about=about)


def seal_for_self(holder: UUID, plaintext: bytes, *, about: str) -> bytes:
    """Seal to one holder what is theirs alone, also while nobody has vouched for their key. Raises NoKey."""
    key = PersonKey.objects.filter(holder=holder, retired_at=None).first()
    if key is None:
        raise NoKey(subject=holder)
    return sealing.seal_to(bytes(key.reading_public), plaintext, about=about)


def seal_under_passphrase(key: PersonKey, keyring: Keyring, passphrase: str) -> None:
    """Fill in the half of the row that the passphrase opens, at today's cost; the caller saves."""
    key.salt = new_salt()
    key.passes, key.memory = cost_now()
    stretched = stretch(passphrase, salt=key.salt, cost=(key.passes, key.memory))
    key.sealed_secret = sealing.seal_under(
        stretched, pad(keyring.secret()), about=about_passphrase(key)
    )


def about_passphrase(key: PersonKey) -> str:
    return f"vault.personkey.sealed_secret:{key.id}:{key.holder}"


def about_recovery(key: PersonKey) -> str:
    return f"vault.personkey.sealed_to_recovery:{key.id}:{key.holder}"


def _enrol(
    keyring: Keyring,
    passphrase: str,
    *,
    at: datetime,
    countersigner: Keyring | RecoverySecret | None,
) -> PersonKey:
    if not strong_enough(passphrase):
        raise PassphraseTooWeak(subject=keyring.holder)
    recovery = RecoveryKey.objects.current()
    key = _new_key(keyring.holder, keyring.reading_public, at=at)
    key.signing_public = keyring.signing_public
    key.sealed_to_recovery = sealing.seal_to(
        bytes(recovery.reading_public), keyring.secret(), about=about_recovery(key)
    )
    seal_under_passphrase(key, keyring, passphrase)
    return _enter(key, at=at, countersigner=countersigner)


def _new_key(holder: UUID, reading_public: bytes, *, at: datetime) -> PersonKey:
    if PersonKey.objects.filter(holder=holder, retired_at=None).exists():
        raise KeyAlreadyThere(subject=holder)
    return PersonKey(
        id=key_id(reading_public), holder=holder, reading_public=reading_public, made_at=at
    )


def _enter(
    key: PersonKey, *, at: datetime, countersigner: Keyring | RecoverySecret | None
) -> PersonKey:
    key.save(force_insert=True)
    record("vault.enrol", actor=None, subject=key.holder, at=at, fingerprint=key.fingerprint)
    return key if countersigner is None else countersign(key.holder, by=countersigner, at=at)


def _check_may_vouch(by: Keyring | RecoverySecret, key: PersonKey) -> None:
    if by.holder == key.holder:
        raise NeedsAnotherPerson(subject=key.holder)
    if not isinstance(by, RecoverySecret):
        if public_keys(by.holder).id != by.key_id:
            raise NoKey(subject=by.holder)
    elif RecoveryKey.objects.current().id != by.key_id:
        raise NoKey(subject=key.holder)
    elif key.signing_public and _people_with_keys() >= FIRST_TWO:
        raise OnlyForTheFirstTwo(subject=key.holder)


def _people_with_keys() -> int:
    return PersonKey.objects.counting().exclude(signing_public=b"").count()


def _decoy(holder: UUID) -> PersonKey:
    """A row that opens for nobody, so that an unknown holder costs the same work."""
    passes, memory = cost_now()
    nothing = sealing.seal_under(secrets.token_bytes(32), pad(bytes(SECRET_BYTES)), about="decoy")
    return PersonKey(
        id=uuid4(),
        holder=holder,
        salt=environment.mac("decoy salt", holder.bytes),
        passes=passes,
        memory=memory,
        sealed_secret=nothing,
    )
