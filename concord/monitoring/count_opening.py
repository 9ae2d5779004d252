"""count_opening: somebody uncovered something that can be hard to see; in this shift, one more.

It is a number for themselves and for a lead, so that somebody says "go and rest". It holds neither what nor when, and
nobody is counted who is not on shift.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from concord.monitoring.models import Exposure
from concord.monitoring.on_shift import stretch_of
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember


@transaction.atomic
def count_opening(staff: StaffMember, *, at: datetime) -> int:
    """One more; returns how many there are by now. A new shift begins at one."""
    stretch = stretch_of(staff, at=at)
    if stretch is None:
        return 0
    row, _fresh = Exposure.objects.select_for_update().get_or_create(
        person=staff.person_id, defaults={"until_at": stretch.ends_at}
    )
    before = 0 if row.until_at <= at else F("opened")
    Exposure.objects.filter(id=row.id).update(opened=before + 1, until_at=stretch.ends_at)
    return opened_by(staff, at=at)


def opened_by(staff: StaffMember, *, at: datetime) -> int:
    """How many in the shift that runs."""
    row = Exposure.objects.filter(person=staff.person_id, until_at__gt=at).first()
    return row.opened if row else 0


@every("monitoring.forget_exposures", seconds=600)
def forget_exposures(job: Job | None, *, at: datetime) -> int:
    """Erase the numbers of shifts that are over. Returns how many went."""
    return Exposure.objects.filter(until_at__lte=at).delete()[0]
