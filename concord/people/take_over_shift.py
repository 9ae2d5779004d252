"""take_over_shift: come on at once, beside a colleague who is on call and asked to be relieved (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from concord.ledger.record import record
from concord.people.models import Shift, StaffMember
from concord.people.plan_shift import NotOnTheTeam, check_times


@transaction.atomic
def take_over_shift(shift: Shift, *, by: StaffMember, ends_at: datetime, at: datetime) -> Shift:
    """Be on for what a colleague is on for, until then. Whoever is on there for so long already stays as they are.

    Nobody plans it: it is one's own word, and the colleague's shift stays. Raises NotOnTheTeam, EndsBeforeItStarts.
    """
    if not (by.is_current(at) and by.may_monitor):
        raise NotOnTheTeam(subject=by.person_id)
    check_times(at, ends_at, subject=by.person_id)
    there = Shift.objects.filter(staff=by, starts_at__lte=at, ends_at__gte=ends_at)
    mine = there.filter(Q(convening=shift.convening) | Q(convening__isnull=True)).first()
    if mine is None:
        mine = Shift.objects.create(
            staff=by, convening=shift.convening, starts_at=at, ends_at=ends_at, taken_over=True
        )
        person, where = by.person_id, shift.convening
        record("people.take_over_shift", actor=person, subject=person, at=at, convening=where)
    return mine
