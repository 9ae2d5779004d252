"""The team as its own people see it: who is designated for what, and whose keys count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from concord.people.models import Login, StaffMember
from concord.vault import keys
from concord.vault.errors import NoKey


@dataclass(frozen=True)
class Colleague:
    """One of the team, with the fingerprint that people compare."""

    staff: StaffMember
    handle: str
    fingerprint: str
    is_waiting: bool
    """Whether these keys still wait for somebody to vouch for them."""
    is_handed_over: bool = False
    """Whether these wait under a passphrase that others know: fresh ones take their place."""


def team(at: datetime) -> list[Colleague]:
    """Everybody designated at this moment, by working name."""
    logins = {login.person_id: login for login in Login.objects.at_the_desk()}
    current = StaffMember.objects.current(at).order_by("working_name")
    return [_colleague(staff, logins.get(staff.person_id)) for staff in current]


def with_keys(at: datetime) -> list[StaffMember]:
    """Those of the team whose keys count, by working name."""
    return [one.staff for one in team(at) if one.fingerprint and not one.is_waiting]


def colleague(staff: StaffMember) -> Colleague:
    """One of them."""
    return _colleague(staff, Login.objects.at_the_desk().filter(person=staff.person_id).first())


def _colleague(staff: StaffMember, login: Login | None) -> Colleague:
    handle = login.handle if login else ""
    waiting = keys.waiting(staff.person_id)
    if waiting is not None:
        others_know = login is not None and login.others_know_passphrase
        return Colleague(staff, handle, waiting.fingerprint, True, is_handed_over=others_know)
    try:
        return Colleague(staff, handle, keys.public_keys(staff.person_id).fingerprint, False)
    except NoKey:
        return Colleague(staff, handle, "", is_waiting=False)
