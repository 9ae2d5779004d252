"""end_hand_over: the coordinator keeps the case after all, or whoever was asked by name says that they cannot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.cases.accept_hand_over import NotAskedToTakeIt
from concord.cases.models import Case, Handover
from concord.cases.seats import seats_who_see
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.people.models import StaffMember


@transaction.atomic
def end_hand_over(handover: Handover, *, by: StaffMember, at: datetime) -> Handover:
    """End an ask; nothing changes hands. The coordinator hears of a no. Over already, it changes nothing.

    Raises `NotAskedToTakeIt` for anybody else.
    """
    case = Case.objects.select_for_update().get(id=handover.case_id)
    handover = Handover.objects.select_related("case", "to", "former").get(id=handover.id)
    if not by.is_current(at) or by not in (case.coordinator, handover.to):
        raise NotAskedToTakeIt(subject=case.id)
    if handover.accepted_at is None and handover.ended_at is None:
        handover.ended_at = at
        handover.save(update_fields=["ended_at"])
        record("cases.end_hand_over", actor=by.person_id, subject=case.id, at=at)
        if by != case.coordinator:
            told = seats_who_see(case) & {case.coordinator.person_id}
            tell_desks(told, "case", case.id)
            ring(told, at=at, at_once=True)
    return handover
