"""hasten: what waited by the clock of a quiet day waits by the live one once its room is open (workflow.md 4.9).

What is done by hand, what a platform outside has to do, an answer to whoever asked to look again, and a look at whoever
belongs to an organisation under a decision. A wait only ever
gets shorter: it is never longer than it would be, had it begun at this moment.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.actions import act_by_hand, carry_elsewhere
from concord.actions.ask_review import ANSWER_LIVE, is_running
from concord.actions.later_members import LOOK_LIVE
from concord.actions.models import UNDECIDED, ByHand, Elsewhere, LaterMember, ReviewRequest
from concord.concurrence.happening import is_happening
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files


@every("actions.hasten", seconds=30)
def hasten(job: Job | None, *, at: datetime) -> int:
    """Look at each that waits for longer than it would in a live room. Returns how many wait less from now on."""
    return _hands(at) + _platforms(at) + _requests(at) + _members(at)


def _hands(at: datetime) -> int:
    """Whoever is to do it is asked again, at once."""
    due_at = at + act_by_hand.LIVE
    late = ByHand.objects.waiting().filter(alarmed_at__isnull=True, due_at__gt=due_at)
    sooner = 0
    for one in late.select_related("warrant", "decision__case"):
        if is_happening(one.decision.case, warrants=[one.warrant]):
            sooner += _sooner(one, due_at, at=at)
    return sooner


@transaction.atomic
def _sooner(step: ByHand, due_at: datetime, *, at: datetime) -> bool:
    waiting = ByHand.objects.waiting().filter(id=step.id, due_at__gt=due_at)
    if not waiting.update(due_at=due_at):
        return False
    hand = {step.doer} & files.readers(step.decision.file)
    tell_desks(hand, "decision", step.decision_id)
    ring(hand, at=at, at_once=True)
    record("actions.hasten", actor=None, subject=step.decision_id, at=at, step=step.id)
    return True


def _platforms(at: datetime) -> int:
    """What was tried an hour apart is tried now."""
    due_at = at + carry_elsewhere.LIVE
    late = Elsewhere.objects.open().filter(alarmed_at__isnull=True, due_at__gt=due_at)
    sooner = [
        one.id
        for one in late.select_related("warrant", "decision__case")
        if is_happening(one.decision.case, warrants=[one.warrant])
    ]
    tries = Job.objects.waiting().filter(kind=carry_elsewhere.JOB, subject__in=sooner)
    tries.filter(leased_until__isnull=True, due_at__gt=at).update(due_at=at)
    return late.filter(id__in=sooner).update(due_at=due_at)


def _requests(at: datetime) -> int:
    """Whoever asked reads the day by which they are answered: it comes earlier, and never later."""
    due_at = at + ANSWER_LIVE
    late = ReviewRequest.objects.filter(
        state__in=UNDECIDED,
        answered_at__isnull=True,
        alarmed_at__isnull=True,
        answer_due_at__gt=due_at,
    )
    sooner = [
        one
        for one in late.select_related("decision__execution")
        if is_running([one.decision] if one.decision else [])
    ]
    for one in sooner:
        tell_desks({one.reviewer} if one.reviewer else files.readers(one.file), "review", one.id)
    return late.filter(id__in=[one.id for one in sooner]).update(answer_due_at=due_at)


def _members(at: datetime) -> int:
    """Whoever may look at them is rung when that time is over."""
    due_at = at + LOOK_LIVE
    late = LaterMember.objects.waiting(at).filter(alarmed_at__isnull=True, due_at__gt=due_at)
    sooner = [
        one.id
        for one in late.select_related("barred__decision__execution")
        if is_running([one.barred.decision])
    ]
    return late.filter(id__in=sooner).update(due_at=due_at)
