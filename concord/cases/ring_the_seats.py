"""ring_the_seats: whoever came to coordinate a case, or to be its deputy, is rung; nobody answers for it asleep.

The seats are looked at once what changed them is through: somebody who sat there for a moment, and was taken out in
the same breath, is not rung. Whoever has done or read anything in it since knows of it already (R-COORD-1).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.cases.models import OVER, Case
from concord.cases.presence import is_live
from concord.cases.signals import seated
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember

KIND = "cases.ring_the_seats"


def seats_changed(case: Case, *, at: datetime) -> None:
    """Leave it to be looked at who sits there now. In the transaction that seats them; once for each moment.

    Announces `seated`.
    """
    seated.send(sender=Case, case=case, at=at)
    leave(KIND, subject=case.id, unique_key=f"{KIND}:{case.id}:{at.isoformat()}", at=at)


@handles(KIND)
@transaction.atomic
def ring_the_seats(job: Job, *, at: datetime) -> None:
    """At once where it is live. Run twice, it rings nobody who has looked meanwhile."""
    case = Case.objects.select_for_update().filter(id=job.about).exclude(state__in=OVER).first()
    if case is None:
        return
    seated = [staff for staff in (case.coordinator, case.deputy) if staff is not None]
    persons = [staff.person_id for staff in seated if _is_new(case, to=staff)]
    tell_desks(persons, "case", case.id)
    ring(persons, at=at, at_once=is_live(case))


def _is_new(case: Case, *, to: StaffMember) -> bool:
    """And theirs to see: where nobody else is left, the seat still bears the name of whoever was taken out."""
    return Case.objects.visible_to(to).new_to(to).filter(id=case.id).exists()
