"""Who sits at a case: told and rung about it, as far as they can open it (R-COORD-1)."""

from __future__ import annotations

from uuid import UUID

from concord.cases.models import Case
from concord.vault import files


def seats_who_see(case: Case) -> set[UUID]:
    """Coordinator and deputy, by person; none of those whose key is gone.

    Where nobody else is left, the seat still bears the name of whoever stepped out or was taken out. For them it does
    not exist any more: each message about it would tell that something happens, and when (K-CONF-1). Empty, it is the
    outside contact's to hear of.
    """
    seats = {staff.person_id for staff in (case.coordinator, case.deputy) if staff is not None}
    return seats & files.readers(case.file)
