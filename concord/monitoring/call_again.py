"""call_again: what waits while people are together, and that nobody has taken up, calls again (P-ZERO-1, PUB-29).

A phone that was in a tunnel heard nothing. Each room says what of its own waits live and who may be told of it; here
one clock calls those of them who are on shift, from the second time on the leads too, a few times and no more. One
notice stands for all that waits for somebody: nobody is called more often than that, however much it is.

What waits for one person's look while nobody is together calls too, quietly: after a day, and then every week, until
somebody has looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.models import Call
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import NOTICE, ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember

KEPT = timedelta(days=1)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
SLACK = timedelta(seconds=30)


class Waits(NamedTuple):
    """Something that waits live: an id, since when people were called to it, and who alone may be told of it.

    `newest`: where it stands for several, when people were called to the last; what is new calls as often as the old.
    `wide`: all of them are called each time, on shift or not. `quiet`: no room is open for it, and all are called.
    """

    subject: UUID
    since: datetime
    persons: frozenset[UUID]
    newest: datetime | None = None
    quiet: bool = False
    wide: bool = False


_kinds: list[Callable[[datetime], Iterable[Waits]]] = []


def waits_live(
    find: Callable[[datetime], Iterable[Waits]],
) -> Callable[[datetime], Iterable[Waits]]:
    """Let a room say what waits there at a moment, called to once and taken up by nobody; once per process."""
    if find not in _kinds:
        _kinds.append(find)
    return find


@every("monitoring.call_again", seconds=30)
def call_again(job: Job | None, *, at: datetime) -> int:
    """Call to each whose time has come; return to how many."""
    waiting = [one for find in _kinds for one in find(at)]
    over = Call.objects.filter(called_at__lte=at - KEPT)
    over.exclude(subject__in=_ids([one for one in waiting if one.quiet])).delete()
    rows = {row.subject: row for row in Call.objects.filter(subject__in=_ids(waiting))}
    due = [(one, _times(one, rows.get(one.subject))) for one in waiting]
    due = [(one, times) for one, times in due if _is_due(one, times, rows.get(one.subject), at)]
    if due:
        _call(due, at=at)
    return len(due)


@transaction.atomic
def _call(due: list[tuple[Waits, int]], *, at: datetime) -> None:
    team = StaffMember.objects.current(at)
    here = set(team.values_list("person_id", flat=True))
    leads = set(team.filter(is_lead=True).values_list("person_id", flat=True))
    on_shift = set(StaffMember.objects.on_call(at).values_list("person_id", flat=True))
    called: set[UUID] = set()
    quietly: set[UUID] = set()
    for one, before in due:
        times = 0 if one.quiet else before  # of what opens later, none of the few is used up
        Call.objects.update_or_create(
            subject=one.subject, defaults={"times": times + 1, "called_at": at}
        )
        record("monitoring.call_again", actor=None, subject=one.subject, at=at, times=times + 1)
        able = one.persons & here or one.persons & outside_readers(at)
        if one.quiet:
            quietly |= able
        elif one.wide:
            called |= able
        else:
            first = able & on_shift or able & leads
            called |= (first if times == 0 else able & (on_shift | leads)) or able
    ring(called - _called_lately(called, at=at), at=at, at_once=True)
    ring(quietly - _called_lately(quietly, at=at), at=at)


def _times(one: Waits, row: Call | None) -> int:
    """How often it was called again; what has come since the last call begins anew."""
    return 0 if row is None or row.called_at < (one.newest or one.since) else row.times


def _is_due(one: Waits, times: int, row: Call | None, at: datetime) -> bool:
    last = one.since if row is None else max(row.called_at, one.since)
    if one.quiet:
        return last + (A_WEEK if times else A_DAY) <= at
    return times < settings.CONCORD_CALL_AGAIN_TIMES and last + _pause() <= at


def _called_lately(persons: set[UUID], *, at: datetime) -> set[UUID]:
    """Who was asked to look at their desk a moment ago, whatever for."""
    notices = Job.objects.filter(kind=NOTICE, subject__in=persons, due_at__gt=at - _pause() + SLACK)
    return {person for person in notices.values_list("subject", flat=True) if person is not None}


def _pause() -> timedelta:
    return timedelta(minutes=settings.CONCORD_CALL_AGAIN_MINUTES)


def _ids(waiting: list[Waits]) -> set[UUID]:
    return {one.subject for one in waiting}
