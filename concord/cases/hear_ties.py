"""A tie that is declared late takes its staff member out of the cases about that person (K-CONF-1).

Who is in a case lies sealed. What can be told without opening it is told by the posts that were flagged; what
was proposed or decided about somebody, `concurrence` hears for itself. Where the one who declares it can open a case,
their own keys, which are open while they do, tell whether the person was named in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.dispatch import receiver

from concord.cases.ask_outside import ask_outside
from concord.cases.models import Case, NoAction, State
from concord.cases.parties import CONFLICTED_ROLES, known_parties
from concord.cases.recuse import take_out
from concord.monitoring.desk_stream import GONE, tell_desks
from concord.people.models import Person, StaffMember
from concord.people.signals import acquaintance_declared, tie_declared
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring
from concord.vault.sight import is_open_to


@receiver(tie_declared, dispatch_uid="cases.hear_ties")
def step_out(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """As if they had stepped out of each by themselves."""
    for case in _about(staff, person, keyring).order_by("opened_at"):
        take_out(case, who=staff.person_id, by=staff.person_id, keyring=keyring, at=at)


@receiver(acquaintance_declared, dispatch_uid="cases.ask_them_no_longer")
def ask_them_no_longer(
    staff: StaffMember, person: Person, at: datetime, keyring: Keyring | None = None, **kwargs: Any
) -> None:
    """Whoever knows somebody a little has no say in leaving it as it is: what asks them for it is taken back.

    Whoever was not asked is told nothing.
    """
    asked = NoAction.objects.asked().filter(case__in=_about(staff, person, keyring))
    for decided in asked.exclude(decided_by=staff.person_id).order_by("decided_at"):
        held = files.may_open(decided.briefing, staff.person_id)
        if held:
            ask_outside(decided, without=staff.person_id, keyring=keyring, at=at)
        files.withdraw(decided.briefing, staff.person_id, at=at)
        if held:
            tell_desks([staff.person_id], GONE, decided.id)


def _about(staff: StaffMember, person: Person, keyring: Keyring | None) -> QuerySet[Case]:
    flagged = Case.objects.filter(sources__flag__post__registration__person=person)
    about = set(flagged.values_list("id", flat=True))
    if keyring is not None and keyring.holder == staff.person_id:
        about |= _named_in(person.id, keyring)
    return Case.objects.filter(id__in=about)


def _named_in(person: UUID, keyring: Keyring) -> set[UUID]:
    """The cases, closed ones too, that these keys open and in which the person was reported, or harmed."""
    theirs = Case.objects.filter(is_open_to(keyring.holder)).exclude(
        state__in=[State.MERGED, State.PURGED]
    )
    return {case.id for case in theirs if _names(case, person, keyring)}


def _names(case: Case, person: UUID, keyring: Keyring) -> bool:
    try:
        parties = known_parties(case, keyring=keyring)
    except NoGrant:
        return False
    return any(one.person_id == person and one.role in CONFLICTED_ROLES for one in parties)
