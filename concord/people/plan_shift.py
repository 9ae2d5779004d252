"""plan_shift: put somebody on call from when to when (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.outbox.clock import is_in_reach
from concord.people.designate import must_plan
from concord.people.models import Shift, StaffMember
from concord.refusals import Refused


class NotOnTheTeam(Refused):
    """Only somebody designated, who receives, agrees or watches, can be on call."""

    words = _(
        "Only a current member of the team who receives reports, agrees or watches can be on call."
    )


class EndsBeforeItStarts(Refused):
    """A time that runs backwards."""

    words = _("The end lies before the start. Check the two times.")
    status = 409


class TooFarAway(Refused):
    """A day at the edge of the calendar, where the clocks of other zones end."""

    words = _("This day is too far away. Is the year right?")
    status = 409


class IsOverAlready(Refused):
    """Nobody is on call in the past."""

    words = _("These times are over already. Check the day.")
    status = 409


class NeedsAZone(Refused):
    """A time of the clock without a zone is not a moment: the team works around the world."""

    words = _("Say in which time zone these times are.")
    status = 409


@transaction.atomic
def plan_shift(
    staff: StaffMember,
    *,
    convening: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    by: StaffMember | None,
    at: datetime,
) -> Shift:
    """Plan a shift, for one event or, with None, for all. The same shift twice is one.

    Raises NotYoursToDesignate, NotOnTheTeam, NeedsAZone, TooFarAway, EndsBeforeItStarts, IsOverAlready.
    """
    must_plan(by, at=at)
    if not (staff.is_current(at) and (staff.may_concur or staff.may_monitor)):
        raise NotOnTheTeam(subject=staff.person_id)
    if starts_at.utcoffset() is None or ends_at.utcoffset() is None:
        raise NeedsAZone(subject=staff.person_id)
    check_times(starts_at, ends_at, subject=staff.person_id)
    if ends_at <= at:
        raise IsOverAlready(subject=staff.person_id)
    shift, is_new = Shift.objects.get_or_create(
        staff=staff, convening=convening, starts_at=starts_at, ends_at=ends_at
    )
    if is_new:
        actor = by.person_id if by else None
        record(
            "people.plan_shift", actor=actor, subject=staff.person_id, at=at, convening=convening
        )
    return shift


def check_times(starts_at: datetime, ends_at: datetime, *, subject: UUID | None = None) -> None:
    """From when to when, within any calendar. Raises TooFarAway, EndsBeforeItStarts."""
    if not all(is_in_reach(moment) for moment in (starts_at, ends_at)):
        raise TooFarAway(subject=subject)
    if ends_at <= starts_at:
        raise EndsBeforeItStarts(subject=subject)
