"""hand_over_shift: what whoever comes next should know of the rooms; of rooms, never of cases or people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letters.outgoing import read_outgoing
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import ShiftNote
from concord.monitoring.on_shift import staff_who_follow
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

KEPT = timedelta(hours=24)


class OnlyWhoWatches(Refused):
    """A shift is handed over by somebody who has one."""

    words = _("Only people who watch hand over a shift.")


class NothingToHandOver(Refused):
    """A note has words."""

    words = _("Write a sentence for whoever comes next.")
    status = 409


@transaction.atomic
def hand_over_shift(
    text: str,
    *,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> ShiftNote:
    """Seal it to those who are on now or within twelve hours; it is erased after a day.

    Whoever reads it may be kept out of what its author works on: it holds no code of a case, and no name of anybody
    in one that they can open. Raises `OnlyWhoWatches`, `NothingToHandOver`, and what reads texts for these.
    """
    if not (by.is_current(at) and by.may_monitor):
        raise OnlyWhoWatches(subject=by.person_id)
    if not text.strip():
        raise NothingToHandOver(subject=by.person_id)
    id = uuid4()
    read_outgoing(text, about=id, by=by.person_id, keyring=keyring, at=at, meant=meant)
    others = [one.person_id for one in staff_who_follow(by, at=at)]
    file = files.open_file(readers=[by.person_id, *others], at=at)
    note = ShiftNote.objects.create(
        id=id,
        file=file.id,
        sealed=files.seal(file.id, text.strip().encode(), about=about(id)),
        written_by=by.person_id,
        written_at=at,
    )
    record("monitoring.hand_over_shift", actor=by.person_id, subject=id, at=at)
    tell_desks(others, "shift", id)
    return note


def read_shift_note(note: ShiftNote, *, keyring: Keyring) -> str:
    """Its words. Raises NoGrant."""
    sealed = bytes(note.sealed)
    return files.unseal(note.file, sealed, about=about(note.id), keyring=keyring).decode()


def about(note: UUID) -> str:
    return f"shift note:{note}"


@every("monitoring.forget_shift_notes", seconds=3600)
def forget_shift_notes(job: Job | None, *, at: datetime) -> int:
    """Erase them after a day, their keys first. Returns how many went."""
    old = list(ShiftNote.objects.filter(written_at__lte=at - KEPT))
    for note in old:
        with transaction.atomic():
            files.destroy(note.file, by=None, at=at)
            note.delete()
    return len(old)
