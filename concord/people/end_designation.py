"""end_designation: somebody leaves the team; from this moment they open no door of the desk (I-STAFF-1)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from concord.ledger.readings import last_act
from concord.ledger.record import record
from concord.live.end_streams import end_streams
from concord.people.ask_to_end import check_agreed_by_two, takes_two
from concord.people.designate import must_plan
from concord.people.models import Draft, Leaving, Login, StaffMember
from concord.people.signals import designation_ended
from concord.vault import keys
from concord.vault.errors import NoKey


@transaction.atomic
def end_designation(staff: StaffMember, *, by: StaffMember | None, at: datetime) -> StaffMember:
    """End a designation, its shifts to come, its desk login and its keys; where letters went, and to whom
    they are close, is forgotten.

    Of whoever reads reports, agrees or leads it takes two: somebody asked (`ask_to_end`), and `by` agrees to it. Where
    `by` is None it is done at the command line. Ending an ended one changes nothing.
    Nothing sealed from now on can be opened with those keys, and the passphrase opens them no more. What their
    open pages still hear ends with the commit.
    Announces `designation_ended`: grants are withdrawn file by file by who gave them. Raises NotYoursToDesignate,
    TakesTwo, TooFewWouldBeLeft.
    """
    # One after the other: of three, no two leave at the same moment because each saw two others.
    list(StaffMember.objects.current(at).select_for_update(no_key=True).order_by("id"))
    still = StaffMember.objects.filter(id=staff.id, ended_at__isnull=True)
    if by is not None and still.exists():
        _check_may_end(staff, by=by, at=at)
    if still.update(ended_at=at, address_sealed=None):
        staff.ended_at, staff.address_sealed = at, None
        staff.shifts.filter(starts_at__gte=at).delete()
        staff.shifts.filter(ends_at__gt=at).update(ends_at=at)
        Login.objects.at_the_desk().filter(person=staff.person_id).update(is_active=False)
        Draft.objects.filter(person=staff.person_id).delete()
        staff.ties.all().delete()
        Leaving.objects.filter(Q(staff=staff) | Q(asked_by=staff.person_id)).delete()
        actor = by.person_id if by else None
        with contextlib.suppress(NoKey):
            keys.retire(staff.person_id, by=actor, at=_after_all_they_signed(staff, at=at))
        record("people.end_designation", actor=actor, subject=staff.person_id, at=at)
        designation_ended.send(sender=StaffMember, staff=staff, by=by, at=at)
        end_streams(staff.person_id)
    return staff


def _check_may_end(staff: StaffMember, *, by: StaffMember, at: datetime) -> None:
    if takes_two(staff):
        check_agreed_by_two(staff, by=by, at=at)
    else:
        must_plan(by, at=at)


def _after_all_they_signed(staff: StaffMember, *, at: datetime) -> datetime:
    """Their signatures stand: also where the clock was ahead when they signed, and has been set right since."""
    last = last_act(staff.person_id)
    return at if last is None or last < at else last + timedelta.resolution
