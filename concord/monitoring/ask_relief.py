"""ask_relief: whoever has been on for long asks somebody to take over; they stay until somebody has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Relief
from concord.monitoring.on_shift import staff_who_follow, stretch_of
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused

STANDS = timedelta(hours=12)


class NotOnShift(Refused):
    """Who is not on needs nobody to take over."""

    words = _("You are not on shift.")
    status = 409


class RelieveAnother(Refused):
    """One does not relieve oneself."""

    words = _("A colleague takes over from you.")
    status = 409


@transaction.atomic
def ask_relief(staff: StaffMember, *, at: datetime) -> Relief:
    """Ask; no reason is asked for or kept. Those who follow and the leads are rung at once. Twice is once.

    Raises `NotOnShift`.
    """
    if not staff.is_current(at) or stretch_of(staff, at=at) is None:
        raise NotOnShift(subject=staff.person_id)
    asked, fresh = Relief.objects.get_or_create(
        person=staff.person_id, taken_at=None, defaults={"asked_at": at}
    )
    if fresh:
        record("monitoring.ask_relief", actor=staff.person_id, subject=asked.id, at=at)
        leads = StaffMember.objects.current(at).filter(is_lead=True).exclude(id=staff.id)
        persons = {one.person_id for one in (*staff_who_follow(staff, at=at), *leads)}
        tell_desks(persons, "shift", asked.id)
        ring(persons, at=at, at_once=True)
    return asked


@transaction.atomic
def relieve(asked: Relief, *, by: StaffMember, at: datetime) -> Relief:
    """Say that one takes over; whoever came first has it.

    Raises `RelieveAnother`; `NotOnShift` for somebody who may not watch.
    """
    asked = Relief.objects.select_for_update().get(id=asked.id)
    if asked.person == by.person_id:
        raise RelieveAnother(subject=asked.id)
    if not (by.is_current(at) and by.may_monitor):
        raise NotOnShift(subject=asked.id)
    if asked.taken_at is None:
        asked.taken_by, asked.taken_at = by.person_id, at
        asked.save(update_fields=["taken_by", "taken_at"])
        record("monitoring.relieve", actor=by.person_id, subject=asked.id, at=at)
        tell_desks([asked.person], "shift", asked.id)
        ring([asked.person], at=at, at_once=True)
    return asked


@every("monitoring.forget_reliefs", seconds=3600)
def forget_reliefs(job: Job | None, *, at: datetime) -> int:
    """Erase what was asked half a day ago: whose shift it was is over. Returns how many went."""
    return Relief.objects.filter(asked_at__lte=at - STANDS).delete()[0]
