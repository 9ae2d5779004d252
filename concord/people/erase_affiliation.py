"""erase_affiliation: staff take back that somebody belongs to an organisation (A-UNIT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import Affiliation, StaffMember
from concord.people.organisations import announce_ended, forget_unused


@transaction.atomic
def erase_affiliation(affiliation: Affiliation, *, by: StaffMember, at: datetime) -> Affiliation:
    """Erase what was noted, or what somebody said of themself and asks staff to erase. Twice is once.

    Raises NotYoursToDesignate.
    """
    must_plan(by, at=at)
    gone, _rows = Affiliation.objects.filter(id=affiliation.id).delete()
    if gone:
        subject = affiliation.organisation_id
        announce_ended(affiliation.person_id, [affiliation.organisation.folded], at=at)
        record("people.erase_affiliation", actor=by.person_id, subject=subject, at=at)
        forget_unused([subject])
    return affiliation
