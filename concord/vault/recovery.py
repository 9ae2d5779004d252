"""Recovery: the organisation's own key, cut into shares on paper, so that a lost key never means a lost report.

Two share-holders together can open everything: said to every one of them, and in SECURITY.md. The key is
remade whenever it was put together, so that shares typed into a machine are worth nothing afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from concord.ledger.record import record
from concord.vault import environment, files, sealing
from concord.vault.epochs import about_grant
from concord.vault.errors import (
    NoKey,
    PassphraseTooWeak,
    RecoveryKeyAlreadyThere,
    SharesDoNotFit,
)
from concord.vault.keyring import Keyring, RecoverySecret
from concord.vault.keys import about_recovery, seal_under_passphrase, strong_enough
from concord.vault.models import Grant, PersonKey, RecoveryKey
from concord.vault.padding import pad, unpad
from concord.vault.signing import vouching_text

__all__ = [
    "RecoverySecret",
    "combine",
    "in_force",
    "is_made",
    "make",
    "number_of_shares",
    "open_environment",
    "recover_passphrase",
    "remake",
    "seal_environment",
    "threshold",
]

ENTROPY_BYTES = 16
"""128 bits, the strength of the curve: shares of twenty words, short enough to copy without a slip."""
BATCH = 500
ABOUT_ENVIRONMENT = "vault.environment.master"


@transaction.atomic
def make(*, shares: int = 3, threshold: int = 2, at: datetime) -> list[str]:
    """Make the recovery key at set-up; return its shares, to be printed and never shown again.

    Raises RecoveryKeyAlreadyThere; ValueError unless 2 <= threshold < shares.
    """
    if RecoveryKey.objects.exists():
        raise RecoveryKeyAlreadyThere
    if not 2 <= threshold < shares:
        raise ValueError("One share alone opens nothing, and one lost share loses nothing.")
    secret = _new_secret()
    key = _row_of(secret, shares=shares, threshold=threshold, at=at)
    key.save(force_insert=True)
    record("vault.make_recovery", actor=None, subject=key.id, at=at, shares=shares)
    return _cut(secret, key)


def combine(shares: Iterable[str]) -> RecoverySecret:
    """Put the recovery key together. Capitals and spacing do not matter. Raises SharesDoNotFit."""
    given = {" ".join(share.lower().split()) for share in shares}
    try:
        return RecoverySecret(combine_mnemonics(given))
    except (MnemonicError, ValueError) as error:
        raise SharesDoNotFit from error


@transaction.atomic
def recover_passphrase(
    holder: UUID, new_passphrase: str, *, secret: RecoverySecret, at: datetime
) -> list[str]:
    """Give a holder a new passphrase for the keys they have, then remake the recovery key.

    Returns the new shares: the old ones open nothing made from now on. Raises SharesDoNotFit for a secret
    that is not the key in force, PassphraseTooWeak, and NoKey for a holder without a passphrase to lose.
    """
    _check_in_force(secret)
    if not strong_enough(new_passphrase):
        raise PassphraseTooWeak(subject=holder)
    sealed = PersonKey.objects.select_for_update().exclude(sealed_to_recovery=b"")
    key = sealed.filter(holder=holder, retired_at=None).first()
    if key is None:
        raise NoKey(subject=holder)
    keys = secret.open_sealed(bytes(key.sealed_to_recovery), about=about_recovery(key))
    seal_under_passphrase(key, Keyring.from_secret(holder, keys), new_passphrase)
    key.save()
    key.copies.all().delete()
    record("vault.recover_passphrase", actor=None, subject=holder, at=at)
    return remake(secret=secret, at=at)


@transaction.atomic
def remake(*, secret: RecoverySecret, at: datetime) -> list[str]:
    """Replace the recovery key by a new one, seal to it all that was sealed to the old; return new shares.

    Grants that are owed, and that nobody could make, are made while the key is together.
    Everything happens in one transaction: until it commits the old shares hold. The old key signs the new
    one. Raises SharesDoNotFit.
    """
    old = _check_in_force(secret)
    files.settle(secret, at=at)
    new_secret = _new_secret()
    new = _row_of(new_secret, shares=old.shares, threshold=old.threshold, at=at)
    new.vouched_by_last = secret.sign(vouching_statement(new))
    old.retired_at = at
    old.save()
    new.save(force_insert=True)
    _reseal_person_keys(secret, new)
    _reseal_grants(secret, new)
    record("vault.remake_recovery", actor=None, subject=new.id, at=at, last=old.id)
    return _cut(new_secret, new)


def is_made() -> bool:
    """Whether set-up has made a recovery key."""
    return RecoveryKey.objects.filter(retired_at=None).exists()


def threshold() -> int:
    """How many shares open the recovery key in force. Raises NoRecoveryKey."""
    return RecoveryKey.objects.current().threshold


def number_of_shares() -> int:
    """How many shares the recovery key in force was cut into. Raises NoRecoveryKey."""
    return RecoveryKey.objects.current().shares


def in_force(secret: RecoverySecret) -> RecoveryKey:
    """The key in force, which this secret opens. Raises NoRecoveryKey, SharesDoNotFit."""
    key = RecoveryKey.objects.current()
    if key.id != secret.key_id:
        raise SharesDoNotFit
    return key


def seal_environment() -> bytes:
    """The environment's master sealed to the recovery key, for a backup. Raises NoRecoveryKey."""
    master = environment.read_master(Path(settings.CONCORD_KEY_FILE))
    public = bytes(RecoveryKey.objects.current().reading_public)
    return sealing.seal_to(public, pad(master), about=ABOUT_ENVIRONMENT)


def open_environment(blob: bytes, *, secret: RecoverySecret, path: Path) -> None:
    """Restore the key file from a backup on a bare machine. Raises Tampered, FileExistsError."""
    master = unpad(secret.open_sealed(blob, about=ABOUT_ENVIRONMENT))
    environment.write_master(path, master)


def vouching_statement(key: RecoveryKey) -> bytes:
    """The bytes that a recovery key signs about the one that follows it."""
    return vouching_text(bytes(key.reading_public), bytes(key.signing_public))


def _new_secret() -> RecoverySecret:
    return RecoverySecret(secrets.token_bytes(ENTROPY_BYTES))


def _row_of(secret: RecoverySecret, *, shares: int, threshold: int, at: datetime) -> RecoveryKey:
    return RecoveryKey(
        id=secret.key_id,
        reading_public=secret.reading_public,
        signing_public=secret.signing_public,
        shares=shares,
        threshold=threshold,
        made_at=at,
    )


def _cut(secret: RecoverySecret, key: RecoveryKey) -> list[str]:
    groups = [(key.threshold, key.shares)]
    # No passphrase protects the shares, so stretching one (the exponent) would only cost time.
    return generate_mnemonics(1, groups, secret.entropy(), iteration_exponent=0)[0]


def _check_in_force(secret: RecoverySecret) -> RecoveryKey:
    key = RecoveryKey.objects.select_for_update().filter(retired_at=None).first()
    if key is None or key.id != secret.key_id:
        raise SharesDoNotFit
    return key


def _reseal_person_keys(secret: RecoverySecret, new: RecoveryKey) -> None:
    sealed = list(PersonKey.objects.exclude(sealed_to_recovery=b""))
    for key in sealed:
        about = about_recovery(key)
        keys = secret.open_sealed(bytes(key.sealed_to_recovery), about=about)
        key.sealed_to_recovery = sealing.seal_to(bytes(new.reading_public), keys, about=about)
    PersonKey.objects.bulk_update(sealed, ["sealed_to_recovery"], batch_size=BATCH)


def _reseal_grants(secret: RecoverySecret, new: RecoveryKey) -> None:
    grants = list(Grant.objects.filter(key=secret.key_id))
    for grant in grants:
        about = about_grant(grant.epoch_id, grant.holder)
        private = secret.open_sealed(bytes(grant.sealed), about=about)
        grant.holder = grant.key = new.id
        about = about_grant(grant.epoch_id, new.id)
        grant.sealed = sealing.seal_to(bytes(new.reading_public), private, about=about)
    Grant.objects.bulk_update(grants, ["holder", "key", "sealed"], batch_size=BATCH)
