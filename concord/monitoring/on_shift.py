"""on_shift: since when somebody has been on, until when, and who comes after them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from concord.people.models import Shift, StaffMember
from concord.vault.keyholders import keyholders

CAP = timedelta(hours=4)
"""After so long on a live event somebody else should take over (workflow.md 4.9)."""
BREAK = timedelta(minutes=30)
"""Shifts with less between them are one stretch; and so long two people are there together when one hands over."""
SOON = timedelta(hours=12)


class Stretch(NamedTuple):
    """From when to when somebody is on without a break. `live` leaves out being on call for all events."""

    starts_at: datetime
    ends_at: datetime
    live: bool

    def is_long(self, at: datetime) -> bool:
        """Whether they have been on a live event for as long as anybody should be."""
        return self.live and at - self.starts_at >= CAP


def stretch_of(staff: StaffMember, *, at: datetime) -> Stretch | None:
    """The stretch that runs now; None for somebody who is not on. The event's own shifts count before being on call."""
    shifts = _shifts_of(staff, at=at)
    own = [one for one in shifts if one.convening is not None]
    return _running(own, at, live=True) or _running(shifts, at, live=False)


def on_since(staff: StaffMember, *, at: datetime) -> datetime | None:
    """Since when they are on without a break, being on call counted in; None for somebody who is not on."""
    running = _running(_shifts_of(staff, at=at), at, live=False)
    return None if running is None else running.starts_at


def staff_on_shift(at: datetime) -> list[StaffMember]:
    """Everybody who is on now, by name."""
    return list(StaffMember.objects.on_call(at).order_by("working_name"))


def staff_who_follow(staff: StaffMember, *, at: datetime) -> list[StaffMember]:
    """Others who are on now or within twelve hours, who watch, and whose keys count."""
    near = Shift.objects.filter(starts_at__lte=at + SOON, ends_at__gt=at).values("staff")
    found = StaffMember.objects.current(at).filter(id__in=near).exclude(id=staff.id)
    able = keyholders(found.values_list("person_id", flat=True))
    return [one for one in found if one.may_monitor and one.person_id in able]


def _shifts_of(staff: StaffMember, *, at: datetime) -> list[Shift]:
    return list(Shift.objects.filter(staff=staff, ends_at__gt=at - SOON).order_by("starts_at"))


def _running(shifts: list[Shift], at: datetime, *, live: bool) -> Stretch | None:
    running: tuple[datetime, datetime] | None = None
    for one in shifts:
        if running and one.starts_at - running[1] < BREAK:
            running = (running[0], max(running[1], one.ends_at))
        elif running is None or running[1] <= at:
            running = (one.starts_at, one.ends_at)
    if running is None or not running[0] <= at < running[1]:
        return None
    return Stretch(*running, live)
