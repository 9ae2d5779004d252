"""A tie that is declared late takes back what its staff member was given about that person before (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from concord.monitoring.models import Flag
from concord.people.models import Person, StaffMember
from concord.people.signals import tie_declared
from concord.vault import files


@receiver(tie_declared, dispatch_uid="monitoring.hear_ties")
def give_back_flags(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """Flags on what that person wrote."""
    for file in Flag.objects.filter(post__registration__person=person).values_list(
        "file", flat=True
    ):
        files.withdraw(file, staff.person_id, at=at)
