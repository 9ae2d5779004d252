"""end_designation: somebody leaves the team; from this moment they open no door of the desk (I-STAFF-1)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from django.db import transaction

from concord.ledger.readings import last_act
from concord.ledger.record import record
from concord.live.end_streams import end_streams
from concord.people.designate import must_plan
from concord.people.models import Draft, Login, StaffMember
from concord.people.signals import designation_ended
from concord.vault import keys
from concord.vault.errors import NoKey


@transaction.atomic
def end_designation(staff: StaffMember, *, by: StaffMember | None, at: datetime) -> StaffMember:
    """End a designation, its shifts to come, its desk login and its keys; where letters went, and to whom
    they are close, is forgotten.

    Ending an ended one changes nothing.
    Nothing sealed from now on can be opened with those keys, and the passphrase opens them no more. What their
    open pages still hear ends with the commit.
    Announces `designation_ended`: grants are withdrawn file by file by who gave them. Raises NotYoursToDesignate.
    """
    must_plan(by, at=at)
    still = StaffMember.objects.filter(id=staff.id, ended_at__isnull=True)
    if still.update(ended_at=at, address_sealed=None):
        staff.ended_at, staff.address_sealed = at, None
        staff.shifts.filter(starts_at__gte=at).delete()
        staff.shifts.filter(ends_at__gt=at).update(ends_at=at)
        Login.objects.at_the_desk().filter(person=staff.person_id).update(is_active=False)
        Draft.objects.filter(person=staff.person_id).delete()
        staff.ties.all().delete()
        actor = by.person_id if by else None
        with contextlib.suppress(NoKey):
            keys.retire(staff.person_id, by=actor, at=_after_all_they_signed(staff, at=at))
        record("people.end_designation", actor=actor, subject=staff.person_id, at=at)
        designation_ended.send(sender=StaffMember, staff=staff, at=at)
        end_streams(staff.person_id)
    return staff


def _after_all_they_signed(staff: StaffMember, *, at: datetime) -> datetime:
    """Their signatures stand: also where the clock was ahead when they signed, and has been set right since."""
    last = last_act(staff.person_id)
    return at if last is None or last < at else last + timedelta.resolution
