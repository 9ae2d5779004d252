"""accept_gaps: a lead accepts in writing that an event is not covered throughout (I-STAFF-1, P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.coverage import uncovered
from concord.convenings.models import Acceptance, Convening
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused


class OnlyALeadAccepts(Refused):
    """Whoever answers for the team answers for its nights."""

    words = _("Only a lead of the team can accept that nobody is awake.")


class NeedsAReason(Refused):
    """In writing."""

    words = _("Please write why, and what happens instead in those hours.")
    status = 409


class NothingToAccept(Refused):
    """Everything is covered, or has been accepted."""

    words = _("Nothing is left to accept: every minute is covered, or somebody has accepted it.")
    status = 409


@transaction.atomic
def accept_gaps(convening: Convening, *, reason: str, by: StaffMember, at: datetime) -> Acceptance:
    """Accept the gaps as they are at this moment. Whatever opens later, or grows, blocks again.

    Two on call at the moment of opening stay needed all the same. Raises OnlyALeadAccepts, NeedsAReason,
    NothingToAccept.
    """
    if not (by.is_lead and by.is_current(at)):
        raise OnlyALeadAccepts(subject=convening.id)
    if not reason.strip():
        raise NeedsAReason(subject=convening.id)
    convening = Convening.objects.select_for_update().get(id=convening.id)
    gaps = uncovered(convening, after=at)
    if not gaps:
        raise NothingToAccept(subject=convening.id)
    accepted = Acceptance.objects.create(
        convening=convening,
        gaps=[gap.as_kept() for gap in gaps],
        reason=reason.strip(),
        accepted_by=by.person_id,
        accepted_at=at,
    )
    record(
        "convenings.accept_gaps",
        actor=by.person_id,
        subject=convening.id,
        at=at,
        acceptance=accepted.id,
        gaps=len(gaps),
    )
    return accepted
