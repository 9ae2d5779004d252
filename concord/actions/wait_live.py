"""Of what was decided, what waits while people are together: a step that a person does, and that is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.actions.models import ByHand, Elsewhere, ElsewhereState, Unheld
from concord.actions.ring_unheld import is_over, who_answers
from concord.cases.seats import seats_who_see
from concord.concurrence.happening import is_happening
from concord.concurrence.models import Decision
from concord.monitoring.call_again import Waits, waits_live
from concord.vault import files


@waits_live
def steps_by_hand(at: datetime) -> Iterable[Waits]:
    """Whoever was to do it, and whoever answers for the case."""
    late = ByHand.objects.waiting().filter(alarmed_at__isnull=False)
    for one in late.select_related("decision__case", "warrant"):
        if one.alarmed_at is not None and is_happening(one.decision.case, warrants=[one.warrant]):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision, one.doer))


@waits_live
def steps_elsewhere(at: datetime) -> Iterable[Waits]:
    """On a platform that cannot do it itself."""
    late = Elsewhere.objects.open().filter(state=ElsewhereState.BY_HAND, alarmed_at__isnull=False)
    for one in late.select_related("decision__case", "warrant"):
        if one.alarmed_at is not None and is_happening(one.decision.case, warrants=[one.warrant]):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision))


@waits_live
def steps_that_do_not_hold(at: datetime) -> Iterable[Waits]:
    """Of our own; whoever answers for them sets them right or leaves them out with a reason."""
    for one in Unheld.objects.open().select_related("decision__case", "warrant"):
        live = is_happening(one.decision.case, warrants=[one.warrant])
        if live and not is_over(one.warrant, one.decision, at=at):
            yield Waits(one.id, one.rung_at, frozenset(who_answers(one.decision)))


def _who_may_know(decision: Decision, *others: UUID) -> frozenset[UUID]:
    """Nobody who was taken out: the decision's key is the measure."""
    return frozenset((seats_who_see(decision.case) | set(others)) & files.readers(decision.file))
