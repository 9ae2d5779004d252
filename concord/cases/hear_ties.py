"""A tie that is declared late takes its staff member out of the cases about that person (K-CONF-1).

Who is in a case lies sealed. What can be told without opening it is told by the posts that were flagged, and by the
keyed tokens beside its parties (`tied`); what was proposed or decided about somebody, `concurrence` hears for itself.

Whoever was given nothing of a case, or holds its key at rest, sees nothing change: else they could name one person
after the other, and see by what vanishes who is in it. They are given no seat and no yes in it from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from concord.cases.ask_outside import ask_no_longer
from concord.cases.models import Case, NoAction
from concord.cases.parties import known_in
from concord.cases.recuse import take_out
from concord.cases.tied import naming
from concord.people.models import Person, StaffMember
from concord.people.signals import acquaintance_declared, mailbox_tie_declared, tie_declared
from concord.people.ties import tokens_of
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring
from concord.vault.sight import is_open_to

_lent: list[Callable[[Person], set[UUID]]] = []
_lent_by_mailbox: list[Callable[[str, StaffMember, Keyring | None], set[UUID]]] = []


def lends_cases_about(lent: Callable[[Person], set[UUID]]) -> Callable[[Person], set[UUID]]:
    """Let the room that holds proposals say in which cases something is proposed or decided about somebody."""
    _lent[:] = [lent]
    return lent


def lends_cases_naming(
    lent: Callable[[str, StaffMember, Keyring | None], set[UUID]],
) -> Callable[[str, StaffMember, Keyring | None], set[UUID]]:
    """The same of a mailbox with which nobody signs in, for what this staff member was given and can open."""
    _lent_by_mailbox[:] = [lent]
    return lent


@receiver(tie_declared, dispatch_uid="cases.hear_ties")
def step_out(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """As if they had stepped out of each by themselves.

    All cases are locked at once, in one order, those too that another room goes on with.
    """
    held = _held(_about(staff, person, keyring), _lent_about(person))
    _take_out_of(held, staff, keyring=keyring, at=at)


@receiver(acquaintance_declared, dispatch_uid="cases.ask_them_no_longer")
def ask_them_no_longer(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """Whoever knows somebody a little has no say in leaving it as it is: what asks them for it is taken back.

    Whoever was not asked is told nothing.
    """
    held = _held(_about(staff, person, keyring), _lent_about(person))
    _ask_about_none(held, staff, keyring=keyring, at=at)


@receiver(mailbox_tie_declared, dispatch_uid="cases.hear_mailbox_ties")
def hear_of_a_mailbox(
    staff: StaffMember,
    mailbox: str,
    is_close: bool,
    at: datetime,
    keyring: Keyring | None = None,
    **kwargs: Any,
) -> None:
    """A party may be known by it alone: what follows is the same."""
    lent = set[UUID]().union(*(lent(mailbox, staff, keyring) for lent in _lent_by_mailbox))
    held = _held(_naming(tokens_of(None, [mailbox]), staff, keyring), lent)
    (_take_out_of if is_close else _ask_about_none)(held, staff, keyring=keyring, at=at)


def _take_out_of(
    cases: list[Case], staff: StaffMember, *, keyring: Keyring | None, at: datetime
) -> None:
    for case in cases:
        take_out(case, who=staff.person_id, by=staff.person_id, keyring=keyring, at=at)


def _ask_about_none(
    cases: list[Case], staff: StaffMember, *, keyring: Keyring | None, at: datetime
) -> None:
    asked = NoAction.objects.asked().filter(case__in=cases)
    for decided in asked.exclude(decided_by=staff.person_id).order_by("decided_at"):
        ask_no_longer(decided, staff.person_id, keyring=keyring, at=at)


def _lent_about(person: Person) -> set[UUID]:
    return set[UUID]().union(*(lent(person) for lent in _lent))


def _held(about: set[UUID], lent: set[UUID]) -> list[Case]:
    """These cases, the oldest first, locked together with those that another room will lock, and any they went into."""
    wanted = about | lent
    further = wanted
    while further:
        into = Case.objects.filter(id__in=further, merged_into__isnull=False)
        further = {case.merged_into_id for case in into if case.merged_into_id} - wanted
        wanted |= further
    held = list(Case.objects.select_for_update().filter(id__in=wanted).order_by("id"))
    return sorted((case for case in held if case.id in about), key=lambda case: case.opened_at)


def _about(staff: StaffMember, person: Person, keyring: Keyring | None) -> set[UUID]:
    flagged = Case.objects.filter(sources__flag__post__registration__person=person)
    about = set(flagged.values_list("id", flat=True))
    return about | _naming(tokens_of(person.id), staff, keyring)


def _naming(ties: set[bytes], staff: StaffMember, keyring: Keyring | None) -> set[UUID]:
    """Those that name whoever these tokens are of, among what they were given."""
    given = given_to(staff.person_id)
    if keyring is not None and keyring.holder == staff.person_id:
        _lay_tokens_beside(given, keyring)
    return naming(ties, among=given)


def given_to(person: UUID) -> set[UUID]:
    """The cases, closed ones too, of which they can read anything: all, what came in, or why it is to be left."""
    files_of = ("file", "no_actions__briefing", "sources__flag__file", "sources__report__file")
    opens = Q(*(is_open_to(person, file=name) for name in files_of), _connector=Q.OR)
    return set(Case.objects.filter(opens).order_by().values_list("id", flat=True))


def _lay_tokens_beside(cases: set[UUID], keyring: Keyring) -> None:
    """Where it was sealed before there were any, these keys, which are open now, tell who is in it."""
    for case in Case.objects.filter(id__in=cases, parties__ties__isnull=True).distinct():
        try:
            known_in([case], keyring=keyring)
        except NoGrant:
            continue
