"""When somebody is to leave the team, or has left it, its leads look at their desk: nobody thins it out unseen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.people.signals import departure_asked, designation_ended


@receiver(departure_asked, dispatch_uid="monitoring.ring_of_asked_departure")
def ring_them_and_leads(staff: StaffMember, by: StaffMember, at: datetime, **kwargs: Any) -> None:
    """Whoever is to leave, too: it is theirs to agree to."""
    ring((_leads(at) | {staff.person_id}) - {by.person_id}, at=at)


@receiver(designation_ended, dispatch_uid="monitoring.ring_of_departure")
def ring_leads(
    staff: StaffMember, at: datetime, by: StaffMember | None = None, **kwargs: Any
) -> None:
    """Those who are left, but for whoever did it."""
    ring(_leads(at) - {staff.person_id} - ({by.person_id} if by else set()), at=at)


def _leads(at: datetime) -> set[UUID]:
    leads = StaffMember.objects.current(at).filter(is_lead=True)
    return set(leads.values_list("person_id", flat=True))
