"""declare_tie: say beforehand to whom one is close, and get nothing about them (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.people.models import Person, StaffMember, Tie
from concord.people.signals import tie_declared


@transaction.atomic
def declare_tie(staff: StaffMember, *, person: Person, at: datetime) -> Tie:
    """Keep that this staff member stands close to a person. Declaring it twice changes nothing.

    What they were given about that person before is taken back by those who gave it.
    The ledger keeps that a tie was declared, not to whom.
    """
    tie, is_new = Tie.objects.get_or_create(staff=staff, person=person)
    if is_new:
        record("people.declare_tie", actor=staff.person_id, subject=staff.person_id, at=at)
        tie_declared.send(sender=Tie, staff=staff, person=person, at=at)
    return tie
