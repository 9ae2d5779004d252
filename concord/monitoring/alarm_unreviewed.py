"""alarm_unreviewed: flags nobody has answered in time ring wider, and stay open (PUB-29). It closes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q

from concord.convenings.running import RUNNING
from concord.ledger.record import record
from concord.monitoring.call_again import Waits, waits_live
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Claim, Flag, FlagQuerySet
from concord.monitoring.ring import ring
from concord.monitoring.screening.found import URGENT_FROM
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files

LIVE = timedelta(minutes=2)
OTHERWISE = timedelta(hours=12)
A_FEW = 10
NOW = Q(room__session__state__in=RUNNING) | Q(
    room__session__isnull=True, room__convening__state__in=RUNNING
)
"""A flag from a room in which people are together at this moment."""


@every("monitoring.alarm", seconds=15)
def alarm_unreviewed(job: Job | None, *, at: datetime) -> int:
    """Alarm each overdue flag once: on its readers' desks and by letter. Returns how many there were."""
    overdue = list(_overdue(at).values_list("id", flat=True))
    for id in overdue:
        _alarm(id, at=at)
    return len(overdue)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    flag = Flag.objects.select_for_update().get(id=id)
    if flag.alarmed_at or flag.credible is not None:
        return
    flag.alarmed_at = at
    flag.save(update_fields=["alarmed_at"])
    record("monitoring.alarm", actor=None, subject=flag.id, at=at)
    readers = files.readers(flag.file)
    tell_desks(readers, "flag", flag.id)
    ring(readers, at=at)


@waits_live
def flags_unanswered(at: datetime) -> Iterable[Waits]:
    """By the room, for a raid is one thing to look at; while somebody says that they are looking, nobody is called."""
    claimed = Claim.objects.filter(ends_at__gt=at).values("flag")
    waiting = Flag.objects.awaiting_judgement().filter(NOW, alarmed_at__isnull=False, folded=False)
    return by_room(waiting.exclude(id__in=claimed))


def by_room(flags: FlagQuerySet, *, what: str = "") -> Iterable[Waits]:
    """One for each room, since the longest has waited; its readers, as far as some of the oldest and newest tell.

    `what` sets apart what else waits in the same room.
    """
    rows = flags.order_by("alarmed_at").values_list("room", "alarmed_at", "file")
    found: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    for room, since, file in rows:
        if since is not None:
            found[room].append((since, file))
    for room, waiting in found.items():
        some = {file for _since, file in [*waiting[:A_FEW], *waiting[-A_FEW:]]}
        persons = frozenset[UUID]().union(*(files.readers(file) for file in some))
        yield Waits(
            uuid5(room, what) if what else room, waiting[0][0], persons, newest=waiting[-1][0]
        )


def _long_ago(at: datetime) -> Q:
    return Q(raised_at__lte=at - OTHERWISE)


def _overdue(at: datetime) -> FlagQuerySet:
    waiting = Flag.objects.awaiting_judgement().filter(alarmed_at__isnull=True)
    # A machine's item rings like a person's only where it saw a threat to somebody's life.
    waiting = waiting.filter(Q(by_machine=False) | Q(rank__gte=URGENT_FROM) | _long_ago(at))
    return waiting.filter((NOW & Q(raised_at__lte=at - LIVE)) | _long_ago(at))
