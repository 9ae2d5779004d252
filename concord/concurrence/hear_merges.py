"""Two cases became one: what is open in either is void, and what was decided in the younger is the older's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import merged
from concord.concurrence.models import OPEN_STATES, Decision, Proposal, State
from concord.concurrence.owe_decisions import owe_decision
from concord.concurrence.void import close


@receiver(merged, dispatch_uid="concurrence.follow_the_older")
def follow_the_older(sender: Any, case: Case, gone: Case, at: datetime, **kwargs: Any) -> None:
    """Whoever agreed to a text agreed to it in a case that held less. Who sits at the older reads what was decided."""
    both = Proposal.objects.filter(case__in=[case, gone], state__in=OPEN_STATES)
    for proposal in both.select_related("case"):
        close(proposal, State.VOIDED, by=None, at=at)
    Proposal.objects.filter(case=gone).update(case=case)
    Decision.objects.filter(case=gone).update(case=case)
    for decision in Decision.objects.filter(case=case):
        owe_decision(decision, at=at)
