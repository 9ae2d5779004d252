"""ring_unheld: a step of our own that does not hold in time is somebody's, by name, until it does (workflow.md 4.5).

A letter that nobody can carry, or whose reader never comes, was being checked for ever: nobody was rung, and whoever
reported waited for news of it. What is done by hand, and what a platform outside has to do, have clocks of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from concord.actions.models import Unheld
from concord.actions.tell_reporter import tell_of_what_waits
from concord.cases.seats import seats_who_see
from concord.concurrence.happening import is_happening
from concord.concurrence.kinds import asks, kind_of
from concord.concurrence.models import Decision, Execution, SetAside, Warrant
from concord.concurrence.terms import Target
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.vault import files

LIVE, OTHERWISE = timedelta(minutes=1), timedelta(hours=4)
"""Until when it is expected to hold (workflow.md 4.9)."""


def ring_unheld(*, at: datetime) -> int:
    """Ring once for each step that is late, and tell whoever reported of what still is after hours; how many rang."""
    late = [one for one in _late(at) if _is_due(one, at=at)]
    for warrant in late:
        _ring(warrant, at=at)
    _tell_reporters(at=at)
    return len(late)


def in_words(warrant: Warrant, *, label: str | None = None) -> str:
    """What the step does, as it was asked for; nobody's name. `label`: the code of the decision it gives back, if any,
    where that is known."""
    if label is None:
        found = Decision.objects.filter(id=warrant.target)
        label = found.values_list("code", flat=True).first()
    target = Target(
        warrant.kind,
        warrant.target,
        label or "",
        scope_kind=warrant.scope_kind,
        scope_id=warrant.scope_id,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
    )
    return asks([target])


def decision_of(execution: Execution) -> Decision:
    """By whose authority it was done: its own decision, or the one in force that it repeats."""
    return execution.prior_decision or execution.decision


def is_over(warrant: Warrant, decision: Decision, *, at: datetime) -> bool:
    """Whether it is a letter about what ended before it was handed over: it is not sent, and nobody is called for it.

    Letters alone: what gives access back is over from its first second, and has to hold all the same.
    """
    if not kind_of(warrant.kind).by_letter:
        return False
    if any(end is not None and end <= at for end in (warrant.until_at, decision.ends_at)):
        return True
    ended = [one.only for one in decision.endings.all() if one.only and one.ends_at <= at]
    return bool(ended) and Warrant.objects.filter(id__in=ended, target=warrant.target).exists()


def _late(at: datetime) -> Iterable[Warrant]:
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    waiting = Warrant.objects.filter(
        ~Exists(out),
        verified_at__isnull=True,
        unheld__isnull=True,
        execution__executed_at__lte=at - LIVE,
    )
    waiting = waiting.select_related("execution__prior_decision__case", "execution__decision__case")
    return (one for one in waiting if not kind_of(one.kind).by_hand)


def _is_due(warrant: Warrant, *, at: datetime) -> bool:
    decision = decision_of(warrant.execution)
    is_due = warrant.execution.executed_at + OTHERWISE <= at
    is_due = is_due or is_happening(decision.case, warrants=[warrant])
    return is_due and not is_over(warrant, decision, at=at)


@transaction.atomic
def _ring(warrant: Warrant, *, at: datetime) -> None:
    decision = decision_of(warrant.execution)
    warrant = Warrant.objects.select_for_update().get(id=warrant.id)
    if warrant.verified_at is not None or Unheld.objects.filter(warrant=warrant).exists():
        return
    made = Unheld.objects.create(
        warrant=warrant, decision=decision, since_at=warrant.execution.executed_at, rung_at=at
    )
    persons = who_answers(decision)
    tell_desks(persons, "decision", decision.id)
    ring(persons, at=at, at_once=True)
    record("actions.unheld", actor=None, subject=decision.id, at=at, step=made.id)


def who_answers(decision: Decision) -> set[UUID]:
    """Whoever coordinates, and the deputy, of those who may see it; else the leads who may, else whoever may."""
    readers = files.readers(decision.file)
    leads = StaffMember.objects.filter(person__in=readers, is_lead=True)
    return (
        seats_who_see(decision.case) & readers
        or set(leads.values_list("person_id", flat=True))
        or readers
    )


def _tell_reporters(*, at: datetime) -> None:
    """Once for each execution of two people: a wait of minutes is no news to anybody outside the team."""
    untold = Unheld.objects.open().filter(told_at__isnull=True, since_at__lte=at - OTHERWISE)
    untold = untold.select_related("decision", "warrant__execution__decision__case")
    found = [one for one in untold if not is_over(one.warrant, one.decision, at=at)]
    if found:
        _tell(found, at=at)


@transaction.atomic
def _tell(found: list[Unheld], *, at: datetime) -> None:
    executions = {one.warrant.execution_id: one.warrant.execution for one in found}
    for execution in executions.values():
        told = Unheld.objects.filter(warrant__execution=execution, told_at__isnull=False)
        if execution.concurrence_id is not None and not told.exists():
            tell_of_what_waits(execution, at=at)
    Unheld.objects.filter(id__in=[one.id for one in found]).update(told_at=at)
