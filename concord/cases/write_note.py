"""write_note: an internal note, sealed to the case (K-NOTES-1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, Note
from concord.cases.read_elsewhere import read_elsewhere
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class EmptyNote(Refused):
    """A note needs words."""

    words = _("Write something first. Nothing is lost.")
    status = 409


class MayNotWriteHere(Refused):
    """Only those who can open a case write in it."""

    words = _("You cannot write in this case.")


@transaction.atomic
def write_note(
    case: Case,
    *,
    text: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> Note:
    """Keep a note. Raises `EmptyNote`, `MayNotWriteHere` for whoever cannot open the case, and
    `SeemsToBelongElsewhere` for what is known from another case and not `meant`.
    """
    if not text.strip():
        raise EmptyNote(subject=case.id)
    if not files.may_open(case.file, by.person_id):
        raise MayNotWriteHere(subject=case.id)
    read_elsewhere(text, about=case.id, by=by.person_id, keyring=keyring, at=at, meant=meant)
    note_id = uuid4()
    sealed = files.seal(case.file, text.strip().encode(), about=f"note:{note_id}")
    note = Note.objects.create(
        id=note_id, case=case, author=by.person_id, sealed=sealed, written_at=at
    )
    record("cases.write_note", actor=by.person_id, subject=case.id, at=at, note=note.id)
    return note


def read_note(note: Note, *, keyring: Keyring) -> str:
    """The note's words, for somebody with the case's key."""
    return files.unseal(
        note.case.file, bytes(note.sealed), about=f"note:{note.id}", keyring=keyring
    ).decode()
