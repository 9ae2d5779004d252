"""A lost passphrase brought back without anybody's shares meeting in one pair of hands.

Whoever lost it takes a new one first, and with it a key pair that lives only for this. Each holder seals their share
to that key, in a session of their own: neither the other holder, nor the database, nor the key file can open it. The
new passphrase opens both; then the keys are sealed under it, the recovery key is made anew, and each new share is
sealed to the one person who shall have it. All of that is one transaction: what breaks half-way was never done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from nacl.public import PrivateKey
from shamir_mnemonic import MnemonicError
from shamir_mnemonic.share import Share

from concord.ledger.record import record
from concord.vault import keys, recovery, sealing
from concord.vault.errors import (
    AlreadyTyped,
    CeremonyIsOver,
    NeedsAnotherPerson,
    NoKey,
    NoSuchShare,
    NotYetTyped,
    PassphraseTooWeak,
    SharesDoNotFit,
    Tampered,
    WrongPassphrase,
)
from concord.vault.keyring import Keyring, RecoverySecret
from concord.vault.models import Ceremony, HandedShare, PersonKey, RecoveryKey, TypedShare
from concord.vault.padding import pad, unpad
from concord.vault.passphrases import cost_now, new_salt, stretch, strong_enough

__all__ = [
    "Ceremony",
    "alive",
    "begin",
    "choose_passphrase",
    "finish",
    "forget",
    "handed_to",
    "open_by_code",
    "overdue",
    "put_together",
    "read_share",
    "stop",
    "take_share",
    "type_share",
    "words_to_compare",
]

LASTS = timedelta(hours=24)


@transaction.atomic
def begin(
    holder: UUID, *, by: UUID, hands_to: Sequence[UUID], code_digest: bytes, at: datetime
) -> Ceremony:
    """Begin to bring a holder's passphrase back; what was begun for them before is over.

    `hands_to` are those who get the new shares, one each. Raises NoKey for a holder without a passphrase to lose,
    and for somebody whose keys do not count; NeedsAnotherPerson for oneself; ValueError for too many or too few.
    """
    if by == holder:
        raise NeedsAnotherPerson(subject=holder)
    key = RecoveryKey.objects.current()
    if len(set(hands_to)) != key.shares or len(hands_to) != key.shares:
        raise ValueError("each new share goes to another person")
    lost = PersonKey.objects.exclude(sealed_to_recovery=b"").filter(holder=holder, retired_at=None)
    if not lost.exists():
        raise NoKey(subject=holder)
    keys.reading_keys(hands_to)
    for former in Ceremony.objects.select_for_update().filter(holder=holder, over_at=None):
        _end(former, at=at)
    ceremony = Ceremony.objects.create(
        id=uuid4(),
        holder=holder,
        begun_by=by,
        code_digest=code_digest,
        hands_to=[str(one) for one in hands_to],
        begun_at=at,
        dies_at=at + LASTS,
    )
    record("vault.begin_ceremony", actor=by, subject=holder, at=at)
    return ceremony


def choose_passphrase(ceremony: Ceremony, passphrase: str, *, at: datetime) -> Ceremony:
    """The new passphrase of whoever lost theirs. Another one, and shares that were typed are typed again.

    Raises CeremonyIsOver, PassphraseTooWeak, TooManyAtOnce.
    """
    if not strong_enough(passphrase):
        raise PassphraseTooWeak(subject=ceremony.holder)
    private, salt, cost = PrivateKey.generate(), new_salt(), cost_now()
    stretched = stretch(passphrase, salt=salt, cost=cost)  # before others have to wait
    with transaction.atomic():
        ceremony = _alive(ceremony, at)
        ceremony.public, ceremony.salt = bytes(private.public_key), salt
        ceremony.passes, ceremony.memory = cost
        ceremony.sealed_private = sealing.seal_under(
            stretched, bytes(private), about=_about_private(ceremony)
        )
        ceremony.save()
        ceremony.typed.all().delete()
    return ceremony


@transaction.atomic
def type_share(ceremony: Ceremony, share: str, *, by: UUID, at: datetime) -> TypedShare:
    """A holder's share, sealed to the ceremony. Each person types one, and each share is typed once.

    Raises CeremonyIsOver; NeedsAnotherPerson for whoever lost the passphrase; NotYetTyped before they chose a new
    one; NoSuchShare for words that are no share; AlreadyTyped; SharesDoNotFit for one of another key.
    """
    ceremony = _alive(ceremony, at)
    if by == ceremony.holder:
        raise NeedsAnotherPerson(subject=ceremony.holder)
    if not ceremony.public:
        raise NotYetTyped(subject=ceremony.holder)
    read = _read(share, subject=ceremony.holder)
    typed = list(ceremony.typed.all())
    if len(typed) >= recovery.threshold():
        raise AlreadyTyped(subject=ceremony.holder)
    if any(one.by == by or one.number == read.index for one in typed):
        raise AlreadyTyped(subject=ceremony.holder)
    if read.member_threshold != recovery.threshold():
        raise SharesDoNotFit(subject=ceremony.holder)
    if any(one.identifier != read.identifier for one in typed):
        raise SharesDoNotFit(subject=ceremony.holder)
    row = TypedShare(ceremony=ceremony, by=by, number=read.index, identifier=read.identifier)
    words = " ".join(share.lower().split()).encode()
    row.sealed = sealing.seal_to(bytes(ceremony.public), pad(words), about=_about_share(row))
    row.typed_at = at
    row.save(force_insert=True)
    record("vault.type_share", actor=by, subject=ceremony.holder, at=at)
    return row


def put_together(ceremony: Ceremony, passphrase: str, *, at: datetime) -> RecoverySecret:
    """The recovery key, from the shares that were typed, for as long as `finish` needs it.

    Raises CeremonyIsOver, NotYetTyped, WrongPassphrase; SharesDoNotFit when what was typed belongs to an earlier
    key: then it is forgotten, to be typed anew. Called outside a transaction, for the passphrase is stretched.
    """
    ceremony = Ceremony.objects.get(id=ceremony.id)
    _must_be_alive(ceremony, at)
    typed = list(ceremony.typed.all())
    if not ceremony.public or len(typed) < recovery.threshold():
        raise NotYetTyped(subject=ceremony.holder)
    try:
        raw = sealing.open_under(
            _stretched(ceremony, passphrase),
            bytes(ceremony.sealed_private),
            about=_about_private(ceremony),
        )
    except Tampered as error:
        raise WrongPassphrase(subject=ceremony.holder) from error
    private = PrivateKey(raw)
    try:
        secret = recovery.combine(
            unpad(sealing.open_with(private, bytes(one.sealed), about=_about_share(one))).decode()
            for one in typed
        )
        recovery.in_force(secret)
    except SharesDoNotFit:
        ceremony.typed.all().delete()
        raise
    return secret


@transaction.atomic
def finish(
    ceremony: Ceremony, passphrase: str, *, secret: RecoverySecret, at: datetime
) -> Ceremony:
    """Give the holder their keys under the new passphrase, make the recovery key anew, hand out the new shares.

    Raises CeremonyIsOver; NoKey when somebody who shall get a share has no keys that count any more; what
    `recovery.recover_passphrase` raises.
    """
    ceremony = _alive(ceremony, at)
    holders = [UUID(one) for one in ceremony.hands_to]
    keys.reading_keys(holders)
    shares = recovery.recover_passphrase(ceremony.holder, passphrase, secret=secret, at=at)
    current = RecoveryKey.objects.current()
    HandedShare.objects.exclude(key=current.id).delete()
    for holder, share in zip(holders, shares, strict=True):
        _hand_over(share, holder=holder, key=current.id, at=at)
    _end(ceremony, at=at)
    record("vault.finish_ceremony", actor=ceremony.holder, subject=ceremony.holder, at=at)
    return ceremony


@transaction.atomic
def stop(ceremony: Ceremony, *, by: UUID, at: datetime) -> None:
    """End it without an outcome; what was typed is gone. Raises CeremonyIsOver."""
    ceremony = _alive(ceremony, at)
    _end(ceremony, at=at)
    record("vault.stop_ceremony", actor=by, subject=ceremony.holder, at=at)


def overdue(at: datetime) -> list[Ceremony]:
    """Those that nobody finished in their day."""
    return list(Ceremony.objects.filter(over_at=None, dies_at__lte=at))


@transaction.atomic
def forget(*, at: datetime) -> int:
    """End what nobody finished in its day; how many."""
    over = overdue(at)
    for ceremony in over:
        _end(ceremony, at=at)
    return len(over)


def handed_to(holder: UUID) -> HandedShare | None:
    """A share of the key in force that waits for this person; None when none does."""
    in_force = RecoveryKey.objects.filter(retired_at=None).values("id")
    return HandedShare.objects.filter(holder=holder, key__in=in_force).first()


def read_share(handed: HandedShare, keyring: Keyring) -> str:
    """Its words, for the one person they are sealed to. Raises Tampered for anybody else."""
    return unpad(keyring.open_sealed(bytes(handed.sealed), about=_about_handed(handed))).decode()


@transaction.atomic
def take_share(handed: HandedShare, *, by: UUID, at: datetime) -> None:
    """It is on paper now, and kept here no more. Taking a taken one changes nothing."""
    taken, _ = HandedShare.objects.filter(id=handed.id, holder=by).delete()
    if taken:
        record("vault.take_share", actor=by, subject=by, at=at)


def alive(at: datetime) -> list[Ceremony]:
    """Those that are under way."""
    return list(Ceremony.objects.filter(over_at=None, dies_at__gt=at).order_by("begun_at"))


@transaction.atomic
def open_by_code(code_digest: bytes, *, at: datetime) -> Ceremony | None:
    """The one that this code opens, once: whoever comes second with it, be it its giver, finds it used."""
    under_way = Ceremony.objects.filter(over_at=None, dies_at__gt=at, code_digest=code_digest)
    found = under_way.first()
    if found is None or not under_way.update(code_digest=b""):
        return None
    record("vault.open_ceremony", actor=None, subject=found.holder, at=at)
    return found


def words_to_compare(ceremony: Ceremony) -> str:
    """What whoever lost it reads aloud, and holders compare: it stands for the key that their shares are sealed to."""
    digest = hashlib.sha256(b"concord ceremony" + bytes(ceremony.public)).hexdigest()[:16]
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))


def _alive(ceremony: Ceremony, at: datetime) -> Ceremony:
    """The row as it is now, locked. Raises CeremonyIsOver."""
    kept = Ceremony.objects.select_for_update().get(id=ceremony.id)
    _must_be_alive(kept, at)
    return kept


def _must_be_alive(ceremony: Ceremony, at: datetime) -> None:
    if ceremony.over_at is not None or at >= ceremony.dies_at:
        raise CeremonyIsOver(subject=ceremony.holder)


def _end(ceremony: Ceremony, *, at: datetime) -> None:
    ceremony.typed.all().delete()
    ceremony.over_at = at
    ceremony.public = ceremony.sealed_private = ceremony.code_digest = b""
    ceremony.save()


def _read(words: str, *, subject: UUID) -> Share:
    try:
        return Share.from_mnemonic(" ".join(words.lower().split()))
    except (MnemonicError, ValueError) as error:
        raise NoSuchShare(subject=subject) from error


def _stretched(ceremony: Ceremony, passphrase: str) -> bytes:
    cost = (ceremony.passes, ceremony.memory)
    return stretch(passphrase, salt=bytes(ceremony.salt), cost=cost)


def _hand_over(share: str, *, holder: UUID, key: UUID, at: datetime) -> None:
    handed = HandedShare(id=uuid4(), holder=holder, key=key, handed_at=at)
    handed.sealed = keys.seal_for(holder, pad(share.encode()), about=_about_handed(handed))
    handed.save(force_insert=True)


def _about_private(ceremony: Ceremony) -> str:
    return f"vault.ceremony.sealed_private:{ceremony.id}:{ceremony.holder}"


def _about_share(row: TypedShare) -> str:
    return f"vault.typedshare.sealed:{row.ceremony_id}:{row.by}:{row.number}"


def _about_handed(handed: HandedShare) -> str:
    return f"vault.handedshare.sealed:{handed.id}:{handed.holder}:{handed.key}"
