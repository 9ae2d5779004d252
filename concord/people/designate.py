"""designate: make somebody part of the team, under a working name of their choice (I-STAFF-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.ledger.record import record
from concord.people.models import Person, Role, StaffMember
from concord.refusals import Refused


class NotYoursToDesignate(Refused):
    """Only an organiser or a lead says who is designated; at set-up, whoever sets the house up."""

    words = _("Only an organiser or a lead of the team can do this.")


class AlreadyDesignated(Refused):
    """This human is part of the team, now or formerly, and is designated once."""

    words = _("This person already has a place in the team.")
    status = 409


class WorkingNameTaken(Refused):
    """Two people of the team must not look alike."""

    words = _("Somebody of the team already works under this name, or one that looks the same.")
    status = 409


@transaction.atomic
def designate(
    person: Person,
    *,
    working_name: str,
    role: str,
    languages: Iterable[str],
    by: StaffMember | None,
    at: datetime,
    is_lead: bool = False,
) -> StaffMember:
    """Designate a person for a role; `by` is None only at set-up, from the command line.

    Raises NotYoursToDesignate, AlreadyDesignated, WorkingNameTaken; ValueError for an unknown role or a name
    that is empty or too long.
    """
    must_plan(by, at=at)
    name = names.clean_display_name(working_name)
    if role not in Role.values:
        raise ValueError(f"no such role: {role}")
    if StaffMember.objects.filter(person=person).exists():
        raise AlreadyDesignated(subject=person.id)
    if _is_taken(name):
        raise WorkingNameTaken(subject=person.id)
    staff = StaffMember.objects.create(
        person=person,
        working_name=name,
        role=role,
        is_lead=is_lead,
        languages=list(languages),
        designated_at=at,
        designated_by=by.person_id if by else None,
    )
    actor = by.person_id if by else None
    record("people.designate", actor=actor, subject=person.id, at=at, role=str(role), lead=is_lead)
    return staff


def must_plan(by: StaffMember | None, *, at: datetime) -> None:
    """Raise NotYoursToDesignate unless this is a current organiser or lead, or set-up itself."""
    if by is not None and not (by.is_current(at) and by.may_plan):
        raise NotYoursToDesignate(subject=by.person_id)


def _is_taken(name: str) -> bool:
    skeleton = names.skeleton(name)
    taken = StaffMember.objects.values_list("working_name", flat=True)
    return any(names.skeleton(one) == skeleton for one in taken)
