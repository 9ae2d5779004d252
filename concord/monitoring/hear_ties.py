"""A tie that is declared late takes back what its staff member was given about that person before (K-CONF-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from concord.monitoring.desk_stream import GONE, tell_desks
from concord.monitoring.models import Flag
from concord.people.models import Person, StaffMember
from concord.people.signals import tie_declared
from concord.vault import files
from concord.vault.sight import is_seen_by


@receiver(tie_declared, dispatch_uid="monitoring.hear_ties")
def give_back_flags(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """Flags on what that person wrote."""
    flags = Flag.objects.filter(post__registration__person=person)
    for flag in flags.filter(is_seen_by(staff.person_id)).only("id", "file"):
        files.withdraw(flag.file, staff.person_id, at=at)
        tell_desks([staff.person_id], GONE, flag.id)
