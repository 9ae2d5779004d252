"""File keys: anyone may add to a file, only its readers may open it.

A file has a key pair per epoch. The public half seals; the private half exists only inside grants. When a
reader leaves, their grants are deleted and a new epoch begins, so what comes after is closed to them even if
they kept every byte from before. Reads are not recorded here: whoever shows the contents records that.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Subquery

from concord.ledger.record import record
from concord.vault import sealing
from concord.vault.epochs import (
    attached_files,
    begin_epoch,
    current_epoch,
    epoch_numbered,
    epoch_private,
    grant_epoch,
    outer_files,
)
from concord.vault.errors import NoGrant, Tampered
from concord.vault.keyring import Keyring
from concord.vault.keys import public_keys
from concord.vault.models import Epoch, Grant, OwedGrant, PersonKey, VaultFile
from concord.vault.padding import pad, unpad

HEAD = struct.Struct(">I")
"""Every sealed item begins with the number of its epoch."""


@transaction.atomic
def open_file(*, readers: Iterable[UUID], at: datetime) -> VaultFile:
    """Begin a file that these holders, and recovery, can read. Raises NoKey, NoRecoveryKey."""
    file = VaultFile.objects.create(made_at=at)
    begin_epoch(file, people=dict.fromkeys(readers, False), outer=[], first=True, at=at)
    record("vault.open_file", actor=None, subject=file.id, at=at)
    return file


def seal(file_id: UUID, plaintext: bytes, *, about: str) -> bytes:
    """Seal an item into a file with the public half alone, padded. `about`: table, field and row."""
    [sealed] = seal_all(file_id, {about: plaintext})
    return sealed


def seal_all(file_id: UUID, items: Mapping[str, bytes]) -> list[bytes]:
    """Seal several items, each under what it is about, into one file at one moment; in their order."""
    epoch = current_epoch(file_id)
    head, public = HEAD.pack(epoch.number), bytes(epoch.public)
    padded = {_about(file_id, epoch.number, about): pad(text) for about, text in items.items()}
    return [head + sealed for sealed in sealing.seal_each_to(public, padded)]


def unseal(file_id: UUID, blob: bytes, *, about: str, keyring: Keyring) -> bytes:
    """Open an item. Raises NoGrant (or GrantDormant, which is one) and Tampered; the caller records."""
    number, sealed = split_head(blob)
    private = epoch_private(epoch_numbered(file_id, number), keyring)
    return unpad(sealing.open_with(private, sealed, about=_about(file_id, number, about)))


def unseal_all(file_id: UUID, items: Mapping[str, bytes], *, keyring: Keyring) -> list[bytes]:
    """Open several items of one file, each by what it is about; in their order. Raises what `unseal` raises."""
    private_of = cache(lambda number: epoch_private(epoch_numbered(file_id, number), keyring))
    opened = []
    for about, blob in items.items():
        number, sealed = split_head(blob)
        about_it = _about(file_id, number, about)
        opened.append(unpad(sealing.open_with(private_of(number), sealed, about=about_it)))
    return opened


@transaction.atomic
def grant(file_id: UUID, *, to: UUID, by: Keyring, at: datetime) -> None:
    """Let one more holder read the whole file; wakes a dormant grant. Raises NoGrant, NoKey.

    `by` is an active reader, or the recovery key. Done twice, it changes nothing.
    """
    VaultFile.objects.select_for_update().get(id=file_id)
    key = public_keys(to)
    for epoch in Epoch.objects.filter(file=file_id):
        private = epoch_private(epoch, by)
        grant_epoch(
            epoch,
            private,
            kind=Grant.Kind.PERSON,
            holder=to,
            public=bytes(key.reading_public),
            at=at,
        )
    OwedGrant.objects.filter(file=file_id, holder=to).delete()
    record("vault.grant", actor=by.holder, subject=file_id, at=at, to=to)


@transaction.atomic
def attach(inner_file_id: UUID, *, outer_file_id: UUID, by: Keyring, at: datetime) -> None:
    """From now on whoever may open the outer file may open the inner one: a case opens its reports.

    Raises NoGrant when `by` cannot open the inner file, ValueError when it would go round in a circle.
    """
    VaultFile.objects.select_for_update().get(id=inner_file_id)
    if outer_file_id == inner_file_id or outer_file_id in attached_files(inner_file_id):
        raise ValueError("A file cannot open itself.")
    outer = current_epoch(outer_file_id)
    for epoch in Epoch.objects.filter(file=inner_file_id):
        private = epoch_private(epoch, by)
        grant_epoch(
            epoch,
            private,
            kind=Grant.Kind.FILE,
            holder=outer_file_id,
            public=bytes(outer.public),
            at=at,
        )
    record("vault.attach", actor=by.holder, subject=inner_file_id, at=at, outer=outer_file_id)


@transaction.atomic
def detach(inner_file_id: UUID, *, outer_file_id: UUID, by: UUID, at: datetime) -> None:
    """Undo `attach`: what comes after is closed to readers of the outer file who hold nothing else."""
    VaultFile.objects.select_for_update().get(id=inner_file_id)
    links = Grant.objects.filter(
        epoch__file=inner_file_id, kind=Grant.Kind.FILE, holder=outer_file_id
    )
    if links.delete()[0]:
        for each in [inner_file_id, *attached_files(inner_file_id)]:
            _renew(each, at=at)
        record("vault.detach", actor=by, subject=inner_file_id, at=at, outer=outer_file_id)


def make_dormant(file_id: UUID, holder: UUID) -> None:
    """Lay a holder's grant to rest: the row stays in sight, the contents are refused. Twice is once."""
    _grants_of(file_id, holder).update(dormant=True)


def wake(file_id: UUID, holder: UUID) -> None:
    """Make a dormant grant active again, as an assignment does. Raises NoGrant when there is none."""
    if not _grants_of(file_id, holder).update(dormant=False):
        raise NoGrant(subject=file_id)


@transaction.atomic
def withdraw(file_id: UUID, holder: UUID, *, at: datetime) -> None:
    """Take a holder's grants away, here and in attached files, and begin new epochs for what comes after.

    Asked for again, or for somebody who held nothing, it changes nothing.
    """
    family = [file_id, *attached_files(file_id)]
    list(VaultFile.objects.select_for_update().filter(id__in=family).order_by("id"))
    OwedGrant.objects.filter(file__in=family, holder=holder).delete()
    if holder not in _everyone(file_id):
        return
    Grant.objects.filter(epoch__file__in=family, kind=Grant.Kind.PERSON, holder=holder).delete()
    for each in family:
        _renew(each, at=at)
    record("vault.withdraw", actor=None, subject=file_id, at=at, holder=holder)


def owe(file_id: UUID, *, to: UUID, at: datetime) -> None:
    """Note a grant that nobody present can make; `settle` makes it."""
    OwedGrant.objects.get_or_create(file_id=file_id, holder=to, defaults={"owed_at": at})


@transaction.atomic
def owe_no_longer(file_id: UUID, *, to: UUID) -> None:
    """Take back what was owed and nobody has made yet; what was made stays. Twice is once."""
    VaultFile.objects.select_for_update().filter(id=file_id).first()  # as `settle` makes it
    OwedGrant.objects.filter(file=file_id, holder=to).delete()


def owed_to(file_id: UUID) -> set[UUID]:
    """To whom a grant is owed that nobody has made yet."""
    return set(OwedGrant.objects.filter(file=file_id).values_list("holder", flat=True))


def given_or_owed(file_ids: Iterable[UUID]) -> dict[UUID, tuple[set[UUID], set[UUID]]]:
    """For many files, in three questions: who may open each by an active grant of their own, and to whom one is owed.

    Those that were destroyed are left out. Whoever opens one through another file is not found: see `readers`.
    """
    ids = still_there(file_ids)
    found: dict[UUID, tuple[set[UUID], set[UUID]]] = {id: (set(), set()) for id in ids}
    newest = Epoch.objects.filter(file=OuterRef("epoch__file")).order_by("-number").values("id")
    active = Grant.objects.filter(epoch__file__in=ids, kind=Grant.Kind.PERSON, dormant=False)
    present = active.filter(epoch=Subquery(newest[:1]))
    for file, holder in present.values_list("epoch__file", "holder"):
        found[file][0].add(holder)
    for file, holder in OwedGrant.objects.filter(file__in=ids).values_list("file", "holder"):
        found[file][1].add(holder)
    return found


def settle(keyring: Keyring, *, at: datetime, only: Iterable[UUID] | None = None) -> int:
    """Make the grants that are owed in files this keyring can open. Returns how many were made.

    A grant to a holder whose key does not count yet stays owed; one that was withdrawn meanwhile is not made. `only`
    these files: whoever holds a case's row takes no others, which somebody may hold who waits for the case.
    """
    reachable = Grant.objects.filter(key=keyring.key_id, dormant=False)
    able = PersonKey.objects.counting().values("holder")
    here = Exists(reachable.filter(epoch__file=OuterRef("file")))
    due = OwedGrant.objects.filter(here, holder__in=able)
    owed = list((due if only is None else due.filter(file__in=list(only))).order_by("file", "id"))
    return sum(_settle(one, keyring, at=at) for one in owed)


@transaction.atomic
def _settle(owed: OwedGrant, keyring: Keyring, *, at: datetime) -> bool:
    """As long as it is owed: `withdraw` waits for the same lock."""
    VaultFile.objects.select_for_update().filter(id=owed.file_id).first()
    if not OwedGrant.objects.filter(id=owed.id).exists():
        return False
    grant(owed.file_id, to=owed.holder, by=keyring, at=at)
    return True


def readers(file_id: UUID) -> set[UUID]:
    """Holders who may open what is sealed now: active grants here and in the files that open this one."""
    people = set(_present(file_id).filter(dormant=False).values_list("holder", flat=True))
    for outer in outer_files(file_id):
        people |= readers(outer)
    return people


def dormant_readers(file_id: UUID) -> set[UUID]:
    """Holders whose own grant here is at rest: they see the row, not the contents."""
    return set(_present(file_id).filter(dormant=True).values_list("holder", flat=True))


def may_open(file_id: UUID, holder: UUID) -> bool:
    """True when the holder may open what is sealed into this file now."""
    return holder in readers(file_id)


def is_part_of_another(file_id: UUID) -> bool:
    """Whether it was attached to a file, whose readers open it too."""
    return bool(outer_files(file_id))


def held_by(holder: UUID) -> set[UUID]:
    """The files in which this holder has a grant of their own, active or dormant."""
    grants = Grant.objects.filter(holder=holder, kind=Grant.Kind.PERSON)
    return set(grants.values_list("epoch__file", flat=True))


@transaction.atomic
def destroy(file_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Delete every key of a file: whatever was sealed into it can never be opened again."""
    VaultFile.objects.filter(id=file_id).delete()
    Grant.objects.filter(kind=Grant.Kind.FILE, holder=file_id).delete()
    record("vault.destroy", actor=by, subject=file_id, at=at)


def still_there(file_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these files that were not destroyed."""
    return set(VaultFile.objects.filter(id__in=list(file_ids)).values_list("id", flat=True))


def split_head(blob: bytes) -> tuple[int, bytes]:
    """The epoch's number and the sealed rest. Raises Tampered."""
    if len(blob) < HEAD.size:
        raise Tampered
    return HEAD.unpack_from(blob)[0], blob[HEAD.size :]


def _renew(file_id: UUID, *, at: datetime) -> None:
    """Begin an epoch for those whom the last one was granted to; a retired key gets nothing new."""
    last = Grant.objects.filter(epoch=current_epoch(file_id))
    people = dict(
        last.filter(kind=Grant.Kind.PERSON)
        .filter(holder__in=PersonKey.objects.counting().values("holder"))
        .values_list("holder", "dormant")
    )
    outer = list(last.filter(kind=Grant.Kind.FILE).values_list("holder", flat=True))
    begin_epoch(VaultFile.objects.get(id=file_id), people=people, outer=outer, at=at)


def _everyone(file_id: UUID) -> set[UUID]:
    """Holders of any grant, active or dormant, in this file or those attached to it."""
    family = [file_id, *attached_files(file_id)]
    held = Grant.objects.filter(epoch__file__in=family, kind=Grant.Kind.PERSON)
    return set(held.values_list("holder", flat=True))


def _present(file_id: UUID) -> models.QuerySet[Grant]:
    """The grants that count now; none in a file that was destroyed, whoever still has its page open."""
    newest = Epoch.objects.filter(file=file_id).order_by("-number").values("id")[:1]
    return Grant.objects.filter(epoch__in=newest, kind=Grant.Kind.PERSON)


def _grants_of(file_id: UUID, holder: UUID) -> models.QuerySet[Grant]:
    return Grant.objects.filter(epoch__file=file_id, kind=Grant.Kind.PERSON, holder=holder)


def _about(file_id: UUID, number: int, about: str) -> str:
    return f"{file_id}:{number}:{about}"
