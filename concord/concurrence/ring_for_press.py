"""ring_for_press: two people agreed and nobody carried it out; its coordinator and deputy are rung (workflow.md 4.9).

Nothing happens by itself: whoever proposed kept the press for a moment of their choice. But the proposal lapses, and
what both found necessary would be dropped because somebody slept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from concord.cases.seats import seats_who_see
from concord.concurrence.models import Concurrence, Proposal, State
from concord.concurrence.rings import is_live, live_since
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every

LIVE = timedelta(minutes=1)
OTHERWISE = timedelta(hours=4)


@every("concurrence.ring_for_press", seconds=15)
def ring_for_press(job: Job | None, *, at: datetime) -> int:
    """Ring once for each agreement that has waited for so long. Returns how many there were."""
    waiting = Concurrence.objects.filter(
        voided_at__isnull=True,
        rung_at__isnull=True,
        concurred_at__lte=at - LIVE,
        version__proposal__state=State.CONCURRED,
        version__lapses_at__gt=at,
    )
    late = [one for one in waiting.select_related("version") if _due_at(one) <= at]
    for agreed in late:
        _ring(agreed.id, proposal=agreed.version.proposal_id, at=at)
    return len(late)


def _due_at(agreed: Concurrence) -> datetime:
    """What was agreed to in the night waits a minute once its room is open, and never longer than it did."""
    due_at = agreed.concurred_at + OTHERWISE
    if is_live(agreed.version):
        due_at = min(due_at, max(agreed.concurred_at, live_since(agreed.version)) + LIVE)
    return due_at


@transaction.atomic
def _ring(id: UUID, *, proposal: UUID, at: datetime) -> None:
    held = Proposal.objects.held(proposal)
    agreed = Concurrence.objects.get(id=id)
    if held.state != State.CONCURRED or agreed.voided_at is not None or agreed.rung_at is not None:
        return
    agreed.rung_at = at
    agreed.save(update_fields=["rung_at"])
    persons = seats_who_see(held.case)
    tell_desks(persons, "proposal", held.id)
    ring(persons, at=at, at_once=True)
    record("concurrence.ring_for_press", actor=None, subject=held.id, at=at)
