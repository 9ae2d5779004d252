"""verify_steps: look whether each step of an execution holds; a case is stabilised when all of them do."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from concord.actions.ring_unheld import ring_unheld
from concord.actions.tell_reporter import tell_reporter
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.move import move, reopen
from concord.concurrence.kinds import Kind, kind_of
from concord.concurrence.lend_standing import is_open
from concord.concurrence.models import Execution, SetAside, Warrant
from concord.ledger.readings import was_recorded
from concord.ledger.record import record
from concord.letters.release import release
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every, handles

log = logging.getLogger("concord.actions")
A_WHILE = timedelta(minutes=1)

VERIFIED = "actions.verified"


@handles("actions.verify")
def verify_steps(job: Job, *, at: datetime) -> None:
    """Verify what is not verified yet; look again in a second while something is not. Then the notice leaves.

    What is a letter, or done by hand, holds later: the worker looks again for a minute, then once a minute.
    """
    execution = Execution.objects.get(id=job.about)
    if not look_at_steps(execution, at=at):
        leave("actions.verify", subject=execution.id, at=at, due_at=at + timedelta(seconds=1))


def look_at_steps(execution: Execution, *, at: datetime) -> bool:
    """Look at each step that is not verified. False while one has to be looked at again soon."""
    open_steps: list[Kind] = []
    for name, steps in groupby(_open_steps(execution).order_by("kind"), key=attrgetter("kind")):
        kind, warrants = kind_of(name), list(steps)
        holding = kind.holding(warrants, at=at)
        Warrant.objects.filter(id__in=holding).update(verified_at=at)
        open_steps += [kind] * (len(warrants) - len(holding))
    if not all(kind.by_letter or kind.by_hand for kind in open_steps):
        return False
    release(execution.id, at=at)
    if not open_steps and execution.concurrence is not None:
        _stabilise(execution, at=at)
    soon = execution.executed_at + A_WHILE > at
    return not (soon and any(kind.by_letter for kind in open_steps))


def letters_wait(execution: Execution) -> bool:
    """Whether a step that comes before the letters does not hold yet: they leave after it (workflow.md 4.5)."""
    before = (kind_of(name) for name in _open_steps(execution).values_list("kind", flat=True))
    return not all(kind.by_letter or kind.by_hand for kind in before)


def _open_steps(execution: Execution) -> QuerySet[Warrant]:
    """Those that are not verified, and were not set aside with a reason."""
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    return execution.warrants.filter(~Exists(out), verified_at__isnull=True)


@every("actions.look_again", seconds=60)
def look_again(job: Job, *, at: datetime) -> None:
    """Once a minute, at what was not verified within its first; what does not hold in time is somebody's from then."""
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    waiting = Warrant.objects.filter(
        ~Exists(out), verified_at__isnull=True, execution__executed_at__lte=at - A_WHILE
    )
    for id in set(waiting.values_list("execution", flat=True)):
        try:
            look_at_steps(Execution.objects.get(id=id), at=at)
        except Exception:  # the others must not wait for this one, and it is rung for all the same
            log.exception("looking failed", extra={"kind": "actions.look_again"})
    ring_unheld(at=at)


@transaction.atomic
def _stabilise(execution: Execution, *, at: datetime) -> None:
    """Whoever chose to hear is told, once; the case is stabilised when nothing else in it is open."""
    decision = execution.decision
    case = Case.objects.select_for_update().get(id=decision.case_id)
    if not was_recorded(VERIFIED, subject=decision.id):
        tell_reporter(execution, at=at)
        record(VERIFIED, actor=None, subject=decision.id, at=at)
    if case.state == CaseState.ACTION_PENDING and not is_open(case):
        move(case, CaseState.STABILISED, at=at)
        if _something_joined_since(case):
            reopen(case, by=None, at=at)


def _something_joined_since(case: Case) -> bool:
    """Whether it holds a source by now that no proposal rested on: that is looked at by itself (P-ZERO-1)."""
    carried_out = Execution.objects.filter(decision__case=case).order_by("executed_at").last()
    return carried_out is not None and (
        case.sources.filter(joined_at__gt=carried_out.executed_at).exists()
    )
