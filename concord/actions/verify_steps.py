"""verify_steps: look whether each step of an execution holds; a case is stabilised when all of them do."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from concord.actions.tell_reporter import tell_reporter
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.move import move
from concord.concurrence.kinds import kind_of
from concord.concurrence.lend_standing import is_open
from concord.concurrence.models import Execution, Warrant
from concord.ledger.readings import was_recorded
from concord.ledger.record import record
from concord.letters.release import release
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles

VERIFIED = "actions.verified"


@handles("actions.verify")
def verify_steps(job: Job, *, at: datetime) -> None:
    """Verify what is not verified yet; look again in a second while something is not. Then the notice leaves."""
    execution = Execution.objects.get(id=job.about)
    for warrant in execution.warrants.filter(verified_at__isnull=True):
        if kind_of(warrant.kind).verify(warrant, at=at):
            Warrant.objects.filter(id=warrant.id).update(verified_at=at)
    if execution.warrants.filter(verified_at__isnull=True).exists():
        leave("actions.verify", subject=execution.id, at=at, due_at=at + timedelta(seconds=1))
        return
    release(execution.id, at=at)
    if execution.concurrence is not None:
        _stabilise(execution, at=at)


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
