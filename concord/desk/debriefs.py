"""Debriefs: after an event, and after a case that was live, whoever worked on it is asked what they take from it.

It goes to the team's log, without a name and without the case. Once they wrote a line it is not asked again, and
after two weeks not at all.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from concord.cases.models import Case, FollowUp
from concord.convenings.models import Convening
from concord.improvement.models import Lesson
from concord.people.models import Shift, StaffMember

ASKED_FOR = timedelta(days=14)


class Debrief(NamedTuple):
    """What is asked about: an event by its name, or a case, which is not named here."""

    event: str
    since: datetime


def debriefs_for(staff: StaffMember, *, at: datetime) -> list[Debrief]:
    """What this person worked on that is over since, and of which they wrote nothing yet."""
    if not staff.may_concur:
        return []
    written = Lesson.objects.filter(noted_by=staff.person_id, kind=Lesson.Kind.DEBRIEF)
    last = written.order_by("-noted_on").values_list("noted_on", flat=True).first()
    found = [*_events(staff, at=at), *_cases(staff, at=at)]
    return [one for one in found if not _is_written(one, last)]


def _is_written(one: Debrief, last: date | None) -> bool:
    return last is not None and last >= one.since.date()


def _events(staff: StaffMember, *, at: datetime) -> list[Debrief]:
    """Events at which they were on call, while it ran."""
    over = Convening.objects.filter(ended_at__gt=at - ASKED_FOR, ended_at__lte=at)
    return [
        Debrief(one.name, one.ended_at)
        for one in over.order_by("ended_at")
        if one.ended_at
        and Shift.objects.filter(
            Q(convening=one.id) | Q(convening__isnull=True),
            staff=staff,
            starts_at__lt=one.ended_at,
            ends_at__gt=one.starts_at,
        ).exists()
    ]


def _cases(staff: StaffMember, *, at: datetime) -> list[Debrief]:
    """Cases of theirs that began in a room and are followed up now; one line for all of them."""
    seats = Q(case__coordinator=staff) | Q(case__deputy=staff)
    begun = FollowUp.objects.filter(
        seats,
        begun_at__gt=at - ASKED_FOR,
        case__in=Case.objects.visible_to(staff),
        case__sources__flag__isnull=False,
    )
    newest = begun.order_by("-begun_at").values_list("begun_at", flat=True).first()
    return [Debrief("", newest)] if newest else []
