"""pledge: a member of the team says that what they read stays with them, before anything opens to them (K-WHO-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.people.models import StaffMember


@transaction.atomic
def pledge(staff: StaffMember, *, at: datetime) -> StaffMember:
    """Note it. Twice is once, and the first time counts."""
    fresh = StaffMember.objects.filter(id=staff.id, pledged_at=None).update(pledged_at=at)
    if fresh:
        record("people.pledge", actor=staff.person_id, subject=staff.person_id, at=at)
    staff.refresh_from_db(fields=["pledged_at"])
    return staff
