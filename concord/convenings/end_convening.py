"""end_convening: an event is over, with all its sessions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.convenings.end_session import end_session
from concord.convenings.models import Convening, State
from concord.convenings.signals import convening_changed
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember


@transaction.atomic
def end_convening(convening: Convening, *, by: StaffMember | None, at: datetime) -> Convening:
    """End an event and every session of it. Ending an ended one changes nothing.

    Raises NotYoursToDesignate, and EndsBeforeItsTime while one of its sessions still runs.
    """
    must_plan(by, at=at)
    if (
        Convening.objects.filter(id=convening.id)
        .exclude(state=State.ENDED)
        .update(state=State.ENDED, ended_at=at)
    ):
        convening.state, convening.ended_at = State.ENDED, at
        for session in convening.sessions.exclude(state=State.ENDED):
            end_session(session, by=by, at=at)
        actor = by.person_id if by else None
        record("convenings.end_convening", actor=actor, subject=convening.id, at=at)
        convening_changed.send(sender=Convening, convening=convening, at=at)
    return convening
