"""Whoever leaves the team leaves their cases: none stays with somebody who cannot sign in any more (R-COORD-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from concord.cases.models import Case, State
from concord.cases.recuse import take_keys
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.people.signals import designation_ended
from concord.vault import files


@receiver(designation_ended, dispatch_uid="cases.hear_departures")
def leave_their_cases(staff: StaffMember, at: datetime, **kwargs: Any) -> None:
    """Their keys are withdrawn, and their seats are filled as if they had stepped out: of a closed case as well, for
    whoever reported may write again.

    It is no recusal: what they agreed to and what was done stays as it is, for they had no conflict.
    """
    held = Case.objects.filter(file__in=files.held_by(staff.person_id)).exclude(
        state__in=[State.MERGED, State.PURGED]
    )
    for case in Case.objects.select_for_update().filter(id__in=held.values("id")).order_by("id"):
        before = (case.coordinator_id, case.deputy_id)
        take_keys(case, who=staff.person_id, keyring=None, at=at)
        if staff.id in before:
            record("cases.leave", actor=None, subject=case.id, at=at, who=staff.person_id)
