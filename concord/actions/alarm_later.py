"""alarm_later: somebody under a decision on an organisation at whom nobody looked in time rings wider (A-UNIT-1, 4.9).

The clock is that of a return, for it is one step from a decision in force to somebody's access: two minutes while an
event runs in which it holds, an hour otherwise. The card stays open and calls again until a person looks (`wait_live`);
no clock looks for them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.ask_review import is_running
from concord.actions.models import LaterMember
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import close_to
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.vault import files


@every("actions.alarm_later", seconds=60)
def alarm_later(job: Job | None, *, at: datetime) -> int:
    """Alarm each once. Returns how many."""
    late = LaterMember.objects.waiting(at).filter(due_at__lte=at, alarmed_at__isnull=True)
    ids = list(late.values_list("id", flat=True))
    for id in ids:
        _alarm(id, at=at)
    return len(ids)


def who_may_look_at(card: LaterMember) -> set[UUID]:
    """Whoever may open the decision, and is neither the person nor close to them."""
    decision = card.barred.decision
    return files.readers(decision.file) - close_to({card.person_id}) - {card.person_id}


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    card = LaterMember.objects.select_for_update(of=("self",)).filter(id=id).first()
    if card is None or card.alarmed_at is not None or card.state != LaterMember.State.WAITING:
        return
    card.alarmed_at = at
    card.save(update_fields=["alarmed_at"])
    decision = card.barred.decision
    told = who_may_look_at(card)
    tell_desks(told, "decision", decision.id)
    ring(told, at=at, at_once=is_running([decision]))
    if not StaffMember.objects.receivers(at).filter(person__in=told).exists():
        words = _(
            "Decision %(code)s waits for somebody who may look at it, and nobody on the team may."
        )
        tell_outside(words, code=decision.code, at=at)
    record("actions.alarm_later", actor=None, subject=decision.id, at=at, card=card.id)
