"""Of what was decided, what waits while people are together: a step that a person does, and that is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.actions.models import ByHand, Elsewhere, ElsewhereState
from concord.cases.presence import is_live
from concord.cases.seats import seats_who_see
from concord.concurrence.models import Decision
from concord.monitoring.call_again import Waits, waits_live
from concord.vault import files


@waits_live
def steps_by_hand(at: datetime) -> Iterable[Waits]:
    """Whoever was to do it, and whoever answers for the case."""
    late = ByHand.objects.waiting().filter(alarmed_at__isnull=False)
    for one in late.select_related("decision__case"):
        if one.alarmed_at is not None and is_live(one.decision.case):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision, one.doer))


@waits_live
def steps_elsewhere(at: datetime) -> Iterable[Waits]:
    """On a platform that cannot do it itself."""
    late = Elsewhere.objects.open().filter(state=ElsewhereState.BY_HAND, alarmed_at__isnull=False)
    for one in late.select_related("decision__case"):
        if one.alarmed_at is not None and is_live(one.decision.case):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision))


def _who_may_know(decision: Decision, *others: UUID) -> frozenset[UUID]:
    """Nobody who was taken out: the decision's key is the measure."""
    seats = seats_who_see(decision.case)
    return frozenset({*seats, *others} & files.readers(decision.file))
