"""Who is awake when an event is live: every minute one person to watch each session, and two who can agree (I-STAFF-1).

A person counts once, under however many shifts. What counts is a current designation with keys set up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from uuid import UUID

from django.db.models import Q

from concord.convenings.models import Convening, Session, State
from concord.people.models import Shift, StaffMember
from concord.vault.keyholders import keyholders

NEEDED_TO_AGREE = 2
HOUR = timedelta(hours=1)
CAP = timedelta(hours=4)
"""Longer than this at a stretch nobody watches well."""
OVERLAP = timedelta(minutes=30)
"""So long whoever leaves and whoever comes are there together."""


@dataclass(frozen=True)
class Gap:
    """A stretch in which too few are awake to `agree`, or to `watch`; or in which one person is on for too long.

    For the last, `long`, `need` are the hours that are planned, `have` those that anybody should do, and `who` it is.
    """

    kind: str
    starts_at: datetime
    ends_at: datetime
    have: int
    need: int
    who: str = ""

    def as_kept(self) -> list[str | int]:
        """As an acceptance keeps it."""
        return [
            self.kind,
            self.starts_at.isoformat(),
            self.ends_at.isoformat(),
            self.have,
            self.need,
            self.who,
        ]


@dataclass(frozen=True)
class Stretch:
    """A part of the event in which the same sessions run and the same people are awake."""

    starts_at: datetime
    ends_at: datetime
    sessions: int
    agree: int
    watch: int

    @property
    def gaps(self) -> list[Gap]:
        needs = (("agree", self.agree, NEEDED_TO_AGREE), ("watch", self.watch, self.sessions))
        return [
            Gap(kind, self.starts_at, self.ends_at, have, need)
            for kind, have, need in needs
            if have < need
        ]


def coverage(convening: Convening, *, after: datetime) -> list[Stretch]:
    """Every stretch from then on in which a session runs, in order; those that adjoin and are alike are one."""
    sessions = list(convening.sessions.exclude(state=State.ENDED).filter(ends_at__gt=after))
    shifts = _shifts(sessions, convening, after)
    stretches = list(_stretches(sessions, shifts, after))
    return _joined(stretches)


def gaps_in(stretches: Iterable[Stretch]) -> list[Gap]:
    """What is not covered, each kind for itself, joined where it is the same."""
    found: list[Gap] = []
    for kind in ("agree", "watch"):
        for gap in (one for each in stretches for one in each.gaps if one.kind == kind):
            last = found[-1] if found else None
            if last and (last.kind, last.ends_at, last.have, last.need) == (
                kind,
                gap.starts_at,
                gap.have,
                gap.need,
            ):
                found[-1] = Gap(kind, last.starts_at, gap.ends_at, gap.have, gap.need)
            else:
                found.append(gap)
    return sorted(found, key=lambda gap: (gap.starts_at, gap.kind))


def uncovered(convening: Convening, *, after: datetime) -> list[Gap]:
    """The gaps from then on that no lead has accepted."""
    gaps = [*gaps_in(coverage(convening, after=after)), *too_long(convening, after=after)]
    if not gaps:
        return []
    kept = [
        _read(*gap)
        for accepted in convening.acceptances.values_list("gaps", flat=True)
        for gap in accepted
    ]
    return [gap for gap in gaps if not any(_within(gap, one) for one in kept)]


def too_long(convening: Convening, *, after: datetime) -> list[Gap]:
    """Who is planned for longer than four hours at a stretch, and half an hour to hand over (workflow.md 4.9).

    Whoever takes over from a colleague plans nothing: no session waits because somebody came to help.
    """
    planned: dict[UUID, list[tuple[datetime, datetime]]] = {}
    shifts = Shift.objects.filter(convening=convening.id, ends_at__gt=after, taken_over=False)
    for one in shifts.select_related("staff").order_by("starts_at"):
        stretches = planned.setdefault(one.staff.person_id, [])
        if stretches and one.starts_at - stretches[-1][1] < OVERLAP:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], one.ends_at))
        else:
            stretches.append((one.starts_at, one.ends_at))
    return [
        Gap("long", start, end, CAP // HOUR, ceil((end - start) / HOUR), str(person))
        for person, stretches in planned.items()
        for start, end in stretches
        if end - start > CAP + OVERLAP
    ]


def without_overlap(convening: Convening, *, after: datetime) -> list[datetime]:
    """When somebody's shift ends while a session runs, and nobody who stays has been there for half an hour."""
    sessions = list(convening.sessions.exclude(state=State.ENDED).filter(ends_at__gt=after))
    shifts = _shifts(sessions, convening, after)
    ends = {one.ends_at for one in shifts if one.convening and one.ends_at > after}
    running = {end for end in ends if any(one.starts_at < end < one.ends_at for one in sessions)}
    return sorted(
        end
        for end in running
        if not any(one.starts_at <= end - OVERLAP and one.ends_at > end for one in shifts)
    )


def _within(gap: Gap, accepted: Gap) -> bool:
    return (
        (gap.kind, gap.who) == (accepted.kind, accepted.who)
        and accepted.starts_at <= gap.starts_at
        and gap.ends_at <= accepted.ends_at
        and gap.have >= accepted.have
        and gap.need <= accepted.need
    )


def _read(kind: str, starts_at: str, ends_at: str, have: int, need: int, who: str = "") -> Gap:
    start, end = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)
    return Gap(kind, start, end, have, need, who)


def _shifts(sessions: list[Session], convening: Convening, after: datetime) -> list[Shift]:
    """Shifts of people who count, from then until the last session is over."""
    if not sessions:
        return []
    near = Shift.objects.filter(
        Q(convening=convening.id) | Q(convening__isnull=True),
        starts_at__lt=max(session.ends_at for session in sessions),
        ends_at__gt=after,
        staff__in=StaffMember.objects.current(after),
    ).select_related("staff")
    able = keyholders({shift.staff.person_id for shift in near})
    return [shift for shift in near if shift.staff.person_id in able]


def _stretches(sessions: list[Session], shifts: list[Shift], after: datetime) -> Iterator[Stretch]:
    spans = [(one.starts_at, one.ends_at) for one in sessions]
    spans += [(one.starts_at, one.ends_at) for one in shifts]
    edges = {moment for span in spans for moment in span}
    moments = sorted({after, *(moment for moment in edges if moment > after)})
    for start, end in pairwise(moments):
        running = sum(one.starts_at <= start < one.ends_at for one in sessions)
        awake = {
            one.staff.person_id: one.staff for one in shifts if one.starts_at <= start < one.ends_at
        }
        if running:
            yield Stretch(
                start,
                end,
                running,
                sum(staff.may_concur for staff in awake.values()),
                sum(staff.may_monitor for staff in awake.values()),
            )


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        alike = last and (last.ends_at, last.sessions, last.agree, last.watch) == (
            one.starts_at,
            one.sessions,
            one.agree,
            one.watch,
        )
        if last and alike:
            joined[-1] = Stretch(last.starts_at, one.ends_at, one.sessions, one.agree, one.watch)
        else:
            joined.append(one)
    return joined
