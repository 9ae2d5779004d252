"""step_back: somebody who is close to somebody in it gives back what came in, and needs no reason (K-CONF-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import GONE, tell_desks
from concord.monitoring.models import Claim, SteppedBack
from concord.people.models import OutsideContact, StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyholders import keyholders
from concord.vault.keyring import Keyring


class NobodyWouldBeLeft(Refused):
    """The last one who can read something does not lose it: it would be lost to whoever told it."""

    words = _(
        "You are the only one left who can read this, and nobody outside is named who could. "
        "Ask a lead to name the outside contact first."
    )
    status = 409


@transaction.atomic
def step_back(
    file: UUID, *, subjects: Iterable[UUID], by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    """Take their key to it, and keep that they get no other one to any of these subjects. Twice is once.

    When nobody else on the team can read it, it goes to the outside contact first, by the keyring of whoever leaves.
    Raises `NobodyWouldBeLeft`; NoGrant for whoever holds nothing of it.
    """
    me = by.person_id
    if me not in files.readers(file) | files.dormant_readers(file):
        raise NoGrant(subject=file)
    subjects = list(subjects)
    SteppedBack.objects.bulk_create(
        [SteppedBack(subject=one, person=me) for one in subjects], ignore_conflicts=True
    )
    _leave_it_with_somebody(file, me, keyring=keyring, at=at)
    files.withdraw(file, me, at=at)
    Claim.objects.filter(flag__in=subjects, by=me).delete()
    record("monitoring.step_back", actor=me, subject=subjects[0], at=at)
    tell_desks(files.readers(file) | {me}, "inbox", subjects[0])
    tell_desks([me], GONE, subjects[0])


def stepped_back(subjects: Iterable[UUID]) -> set[UUID]:
    """Who stepped back from any of these, as person ids."""
    wanted = list(subjects)
    if not wanted:
        return set()
    return set(SteppedBack.objects.filter(subject__in=wanted).values_list("person", flat=True))


def _leave_it_with_somebody(file: UUID, me: UUID, *, keyring: Keyring, at: datetime) -> None:
    current = set(StaffMember.objects.current(at).values_list("person_id", flat=True))
    contacts = OutsideContact.objects.current(at).order_by("-since")
    holders = (files.readers(file) | files.dormant_readers(file)) - {me}
    if holders & (current | set(contacts.values_list("holder", flat=True))):
        return
    outside = keyholders(contacts.values_list("holder", flat=True)[:1])
    if not outside:
        raise NobodyWouldBeLeft(subject=file)
    for holder in outside:
        files.grant(file, to=holder, by=keyring, at=at)
