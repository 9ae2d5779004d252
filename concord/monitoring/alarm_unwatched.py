"""alarm_unwatched: an event that is on while nobody on shift watches it is noticed within a minute (R-MONITOR-1).

Being there is the watch's page in sight of somebody on shift, which asks again by itself; a page in a locked or
closed desk does not. One row a person says when that was last, and no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from concord.convenings.models import Convening, State
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Claim, Presence, Unwatched
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import Shift, StaffMember

ASKS_AGAIN = 20
"""Seconds after which the page of the watch asks again."""
ABSENT = timedelta(seconds=40)
WIDER = timedelta(minutes=5)
DAY = timedelta(days=1)
KEPT = timedelta(days=30)
"""How long it is known that an event was unwatched: until the debrief is over."""
RUNNING = [State.OPEN, State.PAUSED]


@transaction.atomic
def keep_watch(staff: StaffMember, *, at: datetime) -> None:
    """The watch lies open before this person. Of each person only the last such moment is kept."""
    if not (staff.is_current(at) and staff.may_monitor):
        return
    Presence.objects.update_or_create(person=staff.person_id, defaults={"seen_at": at})


@every("monitoring.unwatched", seconds=15)
def alarm_unwatched(job: Job | None, *, at: datetime) -> int:
    """Begin an alarm for each event that is on and unwatched, end those that are over. Returns how many began.

    It rings for those on shift, or, where nobody is, for everybody who watches; after five minutes for all of them.
    """
    _forget(at)
    live = set(_live().values_list("id", flat=True))
    begun = 0
    for id in live | set(Unwatched.objects.going_on().values_list("convening", flat=True)):
        begun += _look_at(id, at=at, is_live=id in live)
    return begun


def is_watched(convening: UUID, *, at: datetime) -> bool:
    """Whether somebody who is on shift for it has the watch before them."""
    here = Presence.objects.filter(seen_at__gt=at - ABSENT).values("person")
    return _on_shift(convening, at).filter(person__in=here).exists()


@transaction.atomic
def _look_at(id: UUID, *, at: datetime, is_live: bool) -> int:
    Convening.objects.select_for_update(no_key=True).get(id=id)
    alarm = Unwatched.objects.going_on().filter(convening=id).first()
    if not is_live or is_watched(id, at=at):
        if alarm is not None:
            alarm.ended_at = at
            alarm.save(update_fields=["ended_at"])
            record("monitoring.watched", actor=None, subject=id, at=at)
            tell_desks(_everybody(at), "unwatched", id)
        return 0
    if alarm is None:
        Unwatched.objects.create(convening_id=id, since=at)
        record("monitoring.unwatched", actor=None, subject=id, at=at)
        tell_desks(_everybody(at), "unwatched", id)
        ring(_those_on_shift(id, at) or _everybody(at), at=at, at_once=True)
        return 1
    if alarm.wider_at is None and at - alarm.since >= WIDER:
        alarm.wider_at = at
        alarm.save(update_fields=["wider_at"])
        ring(_everybody(at), at=at, at_once=True)
    return 0


def _forget(at: datetime) -> None:
    """What has ended by itself, and where people were before, is of no use to anybody."""
    Claim.objects.filter(ends_at__lte=at).delete()
    Presence.objects.filter(seen_at__lte=at - DAY).delete()
    Unwatched.objects.filter(ended_at__lte=at - KEPT).delete()


def _live() -> QuerySet[Convening]:
    """Events in which people can talk now: the lobby of an open event, or a session."""
    on = Q(state__in=RUNNING) | Q(sessions__state__in=RUNNING)
    return Convening.objects.filter(on).exclude(state=State.ENDED).distinct()


def _on_shift(convening: UUID, at: datetime) -> QuerySet[StaffMember]:
    shifts = Shift.objects.filter(
        Q(convening=convening) | Q(convening__isnull=True), starts_at__lte=at, ends_at__gt=at
    )
    return StaffMember.objects.current(at).on_the_roster().filter(id__in=shifts.values("staff"))


def _those_on_shift(convening: UUID, at: datetime) -> list[UUID]:
    return list(_on_shift(convening, at).values_list("person_id", flat=True))


def _everybody(at: datetime) -> list[UUID]:
    return list(StaffMember.objects.current(at).on_the_roster().values_list("person_id", flat=True))
