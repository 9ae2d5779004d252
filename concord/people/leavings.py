"""leavings: who is asked to leave the team, and who has left it just now; the inbox of those whom it concerns tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from concord.people.ask_to_end import may_agree_to_end
from concord.people.models import Leaving, StaffMember

TOLD_FOR = timedelta(days=3)


def leavings(member: StaffMember, *, at: datetime, own: bool = False) -> list[Leaving]:
    """For those who plan, or may agree to it. The oldest first; `own`: what this member asked for themself, too."""
    current = Leaving.objects.filter(staff__in=StaffMember.objects.current(at))
    found = current.select_related("staff").order_by("asked_at")
    if not own:
        found = found.exclude(asked_by=member.person_id)
    return [one for one in found if member.may_plan or may_agree_to_end(one, member, at=at)]


def just_left(member: StaffMember, *, at: datetime) -> list[StaffMember]:
    """For a lead: nobody leaves unseen."""
    if not member.is_lead:
        return []
    return list(
        StaffMember.objects.filter(ended_at__gt=at - TOLD_FOR, ended_at__lte=at).order_by(
            "ended_at"
        )
    )
