"""A tie that is declared late takes its staff member out of the cases about that person (K-CONF-1).

Who is in a case lies sealed. What can be told without opening it is told by the posts that were flagged; what
was proposed or decided about somebody, `concurrence` hears for itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.recuse import take_out
from concord.people.models import Person, StaffMember
from concord.people.signals import tie_declared


@receiver(tie_declared, dispatch_uid="cases.hear_ties")
def step_out(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """As if they had stepped out of each by themselves."""
    about = Case.objects.filter(sources__flag__post__registration__person=person).distinct()
    for case in about.order_by("opened_at"):
        take_out(case, who=staff.person_id, by=staff.person_id, at=at)
