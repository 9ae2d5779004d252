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


def team(at: datetime) -> list[Colleague]:
    """Everybody designated at this moment, by working name."""
    handles = dict(Login.objects.at_the_desk().values_list("person_id", "handle"))
    current = StaffMember.objects.current(at).order_by("working_name")
    return [colleague(staff, handle=handles.get(staff.person_id, "")) for staff in current]


def with_keys(at: datetime) -> list[StaffMember]:
    """Those of the team whose keys count, by working name."""
    return [one.staff for one in team(at) if one.fingerprint and not one.is_waiting]


def colleague(staff: StaffMember, *, handle: str = "") -> Colleague:
    """One of them."""
    waiting = keys.waiting(staff.person_id)
    if waiting is not None:
        return Colleague(staff, handle, waiting.fingerprint, is_waiting=True)
    try:
        return Colleague(staff, handle, keys.public_keys(staff.person_id).fingerprint, False)
    except NoKey:
        return Colleague(staff, handle, "", is_waiting=False)
