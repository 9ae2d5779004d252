"""A tie that is declared late takes its staff member out of what was proposed or decided about that person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.recuse import take_out
from concord.concurrence.models import Decision, Step
from concord.concurrence.terms import ON_A_PERSON
from concord.names import token
from concord.people.models import Person, StaffMember
from concord.people.signals import tie_declared
from concord.spaces.models import Post
from concord.vault import files


@receiver(tie_declared, dispatch_uid="concurrence.hear_ties")
def step_out(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """Their cases are found by the keyed tokens of their steps; the files of decisions go back as well."""
    posts = Post.objects.filter(registration__person=person).values_list("id", flat=True)
    wanted = [token("target", f"{kind}:{person.id}") for kind in sorted(ON_A_PERSON)]
    wanted += [token("target", f"delete:{post}") for post in posts]
    steps = Step.objects.filter(target_token__in=wanted)
    about = Case.objects.filter(proposals__versions__steps__in=steps).distinct()
    for case in about.order_by("opened_at"):
        take_out(case, who=staff.person_id, by=staff.person_id, at=at)
    decided = Q(execution__warrants__target=person.id) | Q(case__in=about)
    for decision in Decision.objects.filter(decided).distinct():
        files.withdraw(decision.file, staff.person_id, at=at)
