"""Who reads what comes in: designated people, less whoever it is about and those close to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.monitoring.step_back import stepped_back
from concord.people.models import OutsideContact, StaffMember
from concord.people.ties import ACQUAINTED, persons_tied_to
from concord.vault.keyholders import keyholders


def readers_of_flag(
    *,
    about: Iterable[UUID],
    at: datetime,
    on: UUID | None = None,
    without: Iterable[UUID] = (),
) -> set[UUID]:
    """Staff who may concur and are neither the person flagged nor tied to them; else the outside contact.

    `about` are person ids; whoever stepped back from the post it is `on` gets no further one on it,
    and nobody does who is to be `without` it.
    Empty only while no outside contact is named: then recovery alone can open it.
    """
    staff = StaffMember.objects.who_may_concur(at).values_list("person_id", flat=True)
    out = close_to(about) | stepped_back([on] if on else []) | set(without)
    return keyholders(set(staff) - out) or outside_readers(at)


def close_to(persons: Iterable[UUID]) -> set[UUID]:
    """These persons, and the staff who declared that they are close to any of them, or one of them themself."""
    named = set(persons)
    return named | persons_tied_to(named) if named else named


def acquainted_with(persons: Iterable[UUID]) -> set[UUID]:
    """The staff who know any of these persons a little: they may read, and say neither yes nor no about them."""
    named = set(persons)
    return persons_tied_to(named, kinds=ACQUAINTED) if named else named


def on_call_of(readers: set[UUID], *, at: datetime) -> set[UUID]:
    """Those of them who are on call; when none is, all of them."""
    on_call = set(StaffMember.objects.on_call(at).values_list("person_id", flat=True))
    return readers & on_call or readers


def outside_readers(at: datetime) -> set[UUID]:
    """The standing letterbox of the outside contact."""
    contact = outside_contact(at)
    return keyholders([contact.holder]) if contact else set()


def outside_contact(at: datetime) -> OutsideContact | None:
    return OutsideContact.objects.current(at).order_by("-since").first()
