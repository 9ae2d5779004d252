"""open_convening: an event opens only when nothing is missing (P-SAFE-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, State
from concord.convenings.plan_convening import HasEnded
from concord.convenings.readiness import Missing, readiness
from concord.convenings.signals import convening_changed
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.refusals import Refused


class NotReady(Refused):
    """Something on the readiness list is missing; `missing` says what."""

    words = _("Something is still missing before this can open. The list says what.")
    status = 409

    def __init__(self, missing: Sequence[Missing], *, subject: UUID) -> None:
        super().__init__(subject=subject)
        self.missing = list(missing)


@transaction.atomic
def open_convening(convening: Convening, *, by: StaffMember | None, at: datetime) -> Convening:
    """Open an event. The readiness list is worked out again in this very transaction; none can skip it.

    What a session lacks keeps that session shut, and no other (P-GUIDE-1, `open_session`).
    Opening an open one changes nothing. Raises NotYoursToDesignate, HasEnded, NotReady.
    """
    must_plan(by, at=at)
    convening = Convening.objects.select_for_update().get(id=convening.id)
    if convening.state == State.OPEN:
        return convening
    if convening.state == State.ENDED:
        raise HasEnded(subject=convening.id)
    missing = [one for one in readiness(convening, at) if one.session is None]
    if missing:
        raise NotReady(missing, subject=convening.id)
    convening.state = State.OPEN
    convening.save(update_fields=["state"])
    actor = by.person_id if by else None
    record("convenings.open_convening", actor=actor, subject=convening.id, at=at)
    convening_changed.send(sender=Convening, convening=convening, at=at)
    return convening
