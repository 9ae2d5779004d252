"""Who sits at a case: told and rung about it, as far as they see it (R-COORD-1).

Where nobody else is left, the seat still bears the name of whoever stepped out or was taken out. For them it does not
exist any more: each message about it would tell that something happens, and when (K-CONF-1). With nobody in sight it is
the outside contact's to hear of.
"""

from __future__ import annotations

from uuid import UUID

from concord.cases.models import Case
from concord.people.models import StaffMember


def seats_in_sight(case: Case) -> list[StaffMember]:
    """Coordinator and deputy, unless the seat only bears the name of somebody who was taken out."""
    seats = [staff for staff in (case.coordinator, case.deputy) if staff is not None]
    return [one for one in seats if Case.objects.visible_to(one).filter(id=case.id).exists()]


def seats_who_see(case: Case) -> set[UUID]:
    """The same, as the persons who are told and rung."""
    return {staff.person_id for staff in seats_in_sight(case)}
