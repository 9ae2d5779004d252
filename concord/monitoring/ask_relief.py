"""ask_relief: whoever has been on for long asks somebody to take over; they stay until somebody has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.call_again import Waits, waits_live
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Relief
from concord.monitoring.on_shift import BREAK, CAP, on_since, staff_who_follow
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import Shift, StaffMember
from concord.people.take_over_shift import take_over_shift
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

    What they asked for in a shift before this one is over with it. Raises `NotOnShift`.
    """
    since = on_since(staff, at=at)
    if not staff.is_current(at) or since is None:
        raise NotOnShift(subject=staff.person_id)
    untaken = Relief.objects.filter(person=staff.person_id, taken_at=None)
    untaken.filter(asked_at__lt=since).delete()
    asked, fresh = Relief.objects.get_or_create(
        person=staff.person_id, taken_at=None, defaults={"asked_at": at}
    )
    if fresh:
        record("monitoring.ask_relief", actor=staff.person_id, subject=asked.id, at=at)
        persons = who_may_come(staff, at=at)
        tell_desks(persons, "shift", asked.id)
        ring(persons, at=at, at_once=True)
    return asked


def asked_by(staff: StaffMember, *, at: datetime) -> Relief | None:
    """What somebody asked for since they are on; of what was before a break nothing is said any more."""
    since = on_since(staff, at=at)
    if since is None:
        return None
    return Relief.objects.filter(person=staff.person_id, asked_at__gte=since).last()


def who_may_come(staff: StaffMember, *, at: datetime) -> frozenset[UUID]:
    """Those who follow them, and the leads."""
    leads = StaffMember.objects.current(at).filter(is_lead=True).exclude(id=staff.id)
    return frozenset(one.person_id for one in (*staff_who_follow(staff, at=at), *leads))


def who_asks(at: datetime) -> list[tuple[StaffMember, Relief]]:
    """Whom nobody has relieved yet, while they are on; with their shift it is over."""
    waiting = Relief.objects.filter(taken_at__isnull=True)
    persons = StaffMember.objects.current(at).filter(person__in=waiting.values("person"))
    asked = [(staff, asked_by(staff, at=at)) for staff in persons.order_by("working_name")]
    return [(staff, one) for staff, one in asked if one is not None and one.taken_at is None]


@waits_live
def reliefs_asked_for(at: datetime) -> Iterable[Waits]:
    """Those who follow and the leads, until one comes."""
    for staff, one in who_asks(at):
        yield Waits(one.id, one.asked_at, who_may_come(staff, at=at), wide=True)


@transaction.atomic
def relieve(asked: Relief, *, by: StaffMember, at: datetime) -> Relief:
    """Say that one takes over, and be on for what they were on for; whoever came first has it. Their own shift stays:
    nobody is cut off while they tell what is to be known.

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
        _come_on(asked.person, by=by, at=at)
        tell_desks([asked.person], "shift", asked.id)
        ring([asked.person], at=at, at_once=True)
    return asked


def _come_on(person: UUID, *, by: StaffMember, at: datetime) -> None:
    """As long as theirs would have lasted, half an hour at least and four hours at most."""
    running = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at)
    for one in running.filter(staff__person=person):
        ends_at = max(min(one.ends_at, at + CAP), at + BREAK)
        take_over_shift(one, by=by, ends_at=ends_at, at=at)


@every("monitoring.forget_reliefs", seconds=3600)
def forget_reliefs(job: Job | None, *, at: datetime) -> int:
    """Erase what was asked half a day ago: whose shift it was is over. Returns how many went."""
    return Relief.objects.filter(asked_at__lte=at - STANDS).delete()[0]
