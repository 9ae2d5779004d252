"""Two cases became one: who is protected in the younger is protected in the older, and what touched it touches that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import merged
from concord.retaliation.models import Attempt, Protected


@receiver(merged, dispatch_uid="retaliation.follow_the_older")
def follow_the_older(sender: Any, case: Case, gone: Case, at: datetime, **kwargs: Any) -> None:
    """A pair that was noticed under both is one; what is in the very case by now is settled."""
    Protected.objects.filter(case=gone).update(case=case)
    there = Attempt.objects.filter(case=case)
    twice = Q(flag__in=there.exclude(flag=None).values("flag")) | Q(
        report__in=there.exclude(report=None).values("report")
    )
    Attempt.objects.filter(twice, case=gone).delete()
    Attempt.objects.filter(case=gone).update(case=case)
    inside = Q(flag__in=case.sources.exclude(flag=None).values("flag")) | Q(
        report__in=case.sources.exclude(report=None).values("report")
    )
    Attempt.objects.filter(inside, case=case, state=Attempt.State.OFFERED).update(
        state=Attempt.State.LINKED, settled_at=at
    )
