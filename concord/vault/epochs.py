"""Epochs: how a file's key pair begins, to whom its private half is sealed, and how it is found again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from nacl.public import PrivateKey

from concord.vault import sealing
from concord.vault.errors import GrantDormant, NoGrant, Tampered
from concord.vault.keyring import Keyring
from concord.vault.keys import reading_keys
from concord.vault.models import Epoch, Grant, RecoveryKey, VaultFile
from concord.vault.signing import key_id


def begin_epoch(
    file: VaultFile,
    *,
    people: Mapping[UUID, bool],
    outer: Iterable[UUID],
    first: bool = False,
    at: datetime,
) -> Epoch:
    """Make the file's next key pair; seal its private half to people (id to dormant), recovery, outer files.

    `first`: the file has none yet, and is not asked.
    The private half is forgotten when this returns. Raises NoKey, NoRecoveryKey.
    """
    private = PrivateKey.generate()
    public = bytes(private.public_key)
    epoch = Epoch.objects.create(
        id=key_id(public),
        file=file,
        number=1 if first else file.epochs.count() + 1,
        public=public,
        made_at=at,
    )
    recovery = RecoveryKey.objects.current()
    to = [
        *((Grant.Kind.PERSON, one, key) for one, key in reading_keys(people).items()),
        (Grant.Kind.RECOVERY, recovery.id, bytes(recovery.reading_public)),
        *((Grant.Kind.FILE, one, bytes(current_epoch(one).public)) for one in outer),
    ]
    # Nobody can hold a grant to what has only just begun: they are written all at once.
    Grant.objects.bulk_create(
        Grant(
            epoch=epoch,
            holder=holder,
            dormant=people.get(holder, False),
            **_sealed_grant(epoch, private, kind=kind, holder=holder, public=key, at=at),
        )
        for kind, holder, key in to
    )
    return epoch


def grant_epoch(
    epoch: Epoch,
    private: PrivateKey,
    *,
    kind: Grant.Kind,
    holder: UUID,
    public: bytes,
    at: datetime,
    dormant: bool = False,
) -> Grant:
    """Seal an epoch's private half to one public key, in place of an earlier grant to the same holder."""
    sealed = _sealed_grant(epoch, private, kind=kind, holder=holder, public=public, at=at)
    found, _created = Grant.objects.update_or_create(
        epoch=epoch, holder=holder, defaults=sealed | {"dormant": dormant}
    )
    return found


def epoch_private(epoch: Epoch, keyring: Keyring) -> PrivateKey:
    """The private half of an epoch, by the keyring's own grant or through a file that opens this one.

    Raises NoGrant, GrantDormant, Tampered.
    """
    own = Grant.objects.filter(epoch=epoch, key=keyring.key_id).first()
    if own is not None and not own.dormant:
        about = about_grant(epoch.id, own.holder)
        return PrivateKey(keyring.open_sealed(bytes(own.sealed), about=about))
    for link in Grant.objects.filter(epoch=epoch, kind=Grant.Kind.FILE):
        try:
            outer = epoch_private(Epoch.objects.get(id=link.key), keyring)
        except NoGrant:
            continue
        about = about_grant(epoch.id, link.holder)
        return PrivateKey(sealing.open_with(outer, bytes(link.sealed), about=about))
    raise GrantDormant(subject=epoch.file_id) if own else NoGrant(subject=epoch.file_id)


def current_epoch(file_id: UUID) -> Epoch:
    """The epoch that new items are sealed to. Raises VaultFile.DoesNotExist."""
    epoch = Epoch.objects.filter(file=file_id).order_by("-number").first()
    if epoch is None:
        raise VaultFile.DoesNotExist
    return epoch


def epoch_numbered(file_id: UUID, number: int) -> Epoch:
    """The epoch that an item says it was sealed to. Raises Tampered when the file never had it."""
    epoch = Epoch.objects.filter(file=file_id, number=number).first()
    if epoch is None:
        raise Tampered
    return epoch


def outer_files(file_id: UUID) -> set[UUID]:
    """The files whose readers may open this one."""
    grants = Grant.objects.filter(epoch__file=file_id, kind=Grant.Kind.FILE)
    return set(grants.values_list("holder", flat=True))


def attached_files(file_id: UUID) -> list[UUID]:
    """The files that this one opens, and those they open: a file comes after every file that opens it."""
    opened_by: dict[UUID, set[UUID]] = {}
    level = {file_id}
    while level:
        links = Grant.objects.filter(kind=Grant.Kind.FILE, holder__in=level)
        level = set()
        for inner, outer in set(links.values_list("epoch__file", "holder")):
            opened_by.setdefault(inner, set()).add(outer)
            level.add(inner)
    return [each for each in TopologicalSorter(opened_by).static_order() if each != file_id]


def _sealed_grant(
    epoch: Epoch,
    private: PrivateKey,
    *,
    kind: Grant.Kind,
    holder: UUID,
    public: bytes,
    at: datetime,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key_id(public),
        "sealed": sealing.seal_to(public, bytes(private), about=about_grant(epoch.id, holder)),
        "made_at": at,
    }


def about_grant(epoch_id: UUID, holder: UUID) -> str:
    return f"vault.grant.sealed:{epoch_id}:{holder}"
