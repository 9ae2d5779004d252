"""end_shift: somebody is not on call after all, or no longer (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import Shift, StaffMember


@transaction.atomic
def end_shift(shift: Shift, *, by: StaffMember, at: datetime) -> None:
    """End a shift that runs; take back one that lies ahead. One that is over, or was taken back, changes nothing.

    Raises NotYoursToDesignate.
    """
    must_plan(by, at=at)
    found = Shift.objects.select_for_update().filter(id=shift.id, ends_at__gt=at).first()
    if found is None:
        return
    if found.starts_at >= at:
        found.delete()
    else:
        found.ends_at = at
        found.save(update_fields=["ends_at"])
    record(
        "people.end_shift",
        actor=by.person_id,
        subject=found.staff.person_id,
        at=at,
        convening=found.convening,
    )
