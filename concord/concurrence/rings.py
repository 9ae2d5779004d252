"""Who is asked for a second yes, in which order: rings that widen while nobody answers (R-CONCUR-1).

1. whoever is on shift for this event, at once; 2. whoever is on shift for another; 3. the next time zones: who is
on the roster of these days and reads a language of whoever proposed; 4. the leads, and everybody who may agree.
A ring in which nobody is left to ask is not waited for. Whoever is recused or kept out is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from concord.cases.conflicts import eligible, may_agree
from concord.concurrence.models import Asked, Version
from concord.monitoring.readers import close_to
from concord.people.models import Shift, StaffMember
from concord.spaces.models import Room
from concord.vault import files

LAST = 4
LIVE_AT_MOST = timedelta(hours=1)
"""A proposal that lapses within the hour is about something that happens now."""
THESE_DAYS = timedelta(hours=24)


@dataclass(frozen=True)
class Turn:
    """One who may agree: from when they are asked, whether they were, and whether they said "I'm on it"."""

    staff: StaffMember
    ring: int
    asks_at: datetime
    asked_at: datetime | None
    on_it_at: datetime | None


def turns(
    version: Version, *, among: Iterable[StaffMember], said: set[UUID], at: datetime
) -> list[Turn]:
    """Everybody of `among` who has not said no, those asked first, each with the moment at which they are asked.

    `said` are persons who declined. The roster is looked at anew each time: whoever comes on shift is in ring 1.
    """
    left = [one for one in among if one.person_id not in said | {version.proposer}]
    rings = _rings(version, left, at=at)
    asked = {row.person: row for row in version.asked.all()}
    known = {one.person_id: _known(one, rings, asked) for one in left}
    begins = dict(enumerate(_begins(version), 1))
    first = min(known.values(), default=LAST)
    found = [_turn(one, known, begins, first, asked) for one in left]
    return sorted(found, key=lambda turn: (turn.asked_at is None, turn.asks_at, turn.ring))


@dataclass(frozen=True)
class InWords:
    """Names for one line: who is on it, who is being asked now, and who would be asked next, and when."""

    on_it: SafeString
    now: SafeString
    how_many: int
    next: SafeString
    next_at: datetime | None


def rings_in_words(found: list[Turn], *, at: datetime) -> InWords:
    """What the coordinator reads. Somebody whose turn has come and whom the clock asks any second counts as asked."""
    asked = [turn for turn in found if turn.asked_at or turn.asks_at <= at]
    later = [turn for turn in found if turn not in asked]
    now = [turn for turn in asked if turn.on_it_at is None]
    next_at = min((turn.asks_at for turn in later), default=None)
    return InWords(
        on_it=_names(turn for turn in asked if turn.on_it_at),
        now=_names(now),
        how_many=len(now),
        next=_names(turn for turn in later if turn.asks_at == next_at),
        next_at=next_at,
    )


def _names(found: Iterable[Turn]) -> SafeString:
    return names_in_words(turn.staff for turn in found)


def names_in_words(found: Iterable[StaffMember]) -> SafeString:
    """Working names, each kept in its own direction, with "and" before the last."""
    marked = [format_html('<bdi dir="auto">{}</bdi>', staff.working_name) for staff in found]
    if len(marked) < 2:
        return SafeString("".join(marked))
    first = format_html_join(gettext(", "), "{}", ((name,) for name in marked[:-1]))
    return format_html("{} {} {}", first, gettext("and"), marked[-1])


def may_be_asked(version: Version, *, at: datetime) -> list[StaffMember]:
    """Those to whom this text was sealed and who may still agree; needs nobody's key, for a clock asks."""
    holders = _given(version)
    can = eligible(version.proposal.case, about=set(), at=at)
    return [staff for staff in can if staff.person_id in holders]


def _given(version: Version) -> set[UUID]:
    """Those to whom it was sealed, but whoever reads it for the case alone since they said that they know somebody."""
    excused = version.asked.filter(excused_at__isnull=False).values_list("person", flat=True)
    return files.readers(version.briefing) - set(excused)


def left_to_ask(version: Version, *, about: set[UUID], at: datetime) -> list[StaffMember]:
    """Those of whom a yes can come: they were given this text, may agree to it, and have not answered.

    `about`, whom it is about, is known to whoever can open it. Whoever came to the team later was not given it.
    """
    answered = {*version.declines.values_list("person", flat=True), version.proposer}
    given = _given(version) - answered
    may = may_agree(version.proposal.case, about=about, at=at)
    return [staff for staff in may if staff.person_id in given]


def came_later(
    version: Version, *, about: set[UUID], earlier: set[UUID], known_to: set[UUID], at: datetime
) -> list[StaffMember]:
    """Who may agree by now, and was not on the team, or not free to agree, when this text was sealed.

    `earlier` are those whom the texts were about that somebody said no to: whoever is close to one is not given why.
    Nor is this given to those to whom somebody it is about is known a little by a mailbox alone (`known_to`).
    """
    given = files.readers(version.briefing) | close_to(earlier) | known_to | {version.proposer}
    may = may_agree(version.proposal.case, about=about, at=at)
    return [staff for staff in may if staff.person_id not in given]


def is_live(version: Version) -> bool:
    """It is about something that goes on; also where that began only after it was proposed."""
    return version.live_at is not None or _was_live(version)


def _was_live(version: Version) -> bool:
    return version.lapses_at - version.submitted_at <= LIVE_AT_MOST


def live_since(version: Version) -> datetime:
    """From when what is live is waited for in minutes: it was proposed by then, and its room was open."""
    return max(version.submitted_at, version.live_at or version.submitted_at)


def _turn(
    staff: StaffMember,
    known: dict[UUID, int],
    begins: dict[int, datetime],
    first: int,
    asked: dict[UUID, Asked],
) -> Turn:
    """Whoever is in the first ring that has anybody is asked at once."""
    ring, row = known[staff.person_id], asked.get(staff.person_id)
    return Turn(
        staff=staff,
        ring=ring,
        asks_at=begins[1] if ring == first else begins[ring],
        asked_at=row.asked_at if row else None,
        on_it_at=row.on_it_at if row else None,
    )


def _known(staff: StaffMember, rings: dict[UUID, int], asked: dict[UUID, Asked]) -> int:
    """The ring in which they were asked, else the one they are in now."""
    row = asked.get(staff.person_id)
    return min(row.ring, rings[staff.person_id]) if row else rings[staff.person_id]


def _begins(version: Version) -> list[datetime]:
    """When each ring is asked: the first at once, the others in hours, or in minutes where that is sooner by now."""
    quiet = [timedelta(hours=number) for number in settings.CONCORD_RINGS_HOURS]
    begins = [version.submitted_at + wait for wait in quiet]
    if is_live(version):
        soon = [timedelta(minutes=number) for number in settings.CONCORD_RINGS_LIVE_MINUTES]
        since = live_since(version)
        begins = [min(then, since + wait) for then, wait in zip(begins, soon, strict=True)]
    return [version.submitted_at, *begins]


def _rings(version: Version, among: list[StaffMember], *, at: datetime) -> dict[UUID, int]:
    near = Shift.objects.filter(
        staff__in=among, starts_at__lt=at + THESE_DAYS, ends_at__gt=at - THESE_DAYS
    )
    on_shift = near.filter(starts_at__lte=at, ends_at__gt=at)
    events = _events_of(version)
    ours = Q(convening__isnull=True) | Q(convening__in=events) if events else Q()
    anywhere = set(on_shift.values_list("staff", flat=True))
    here = set(on_shift.filter(ours).values_list("staff", flat=True))
    listed = set(near.filter(ours).values_list("staff", flat=True))
    spoken = _languages_of(version.proposer)
    return {
        staff.person_id: 1
        if staff.id in here
        else 2
        if staff.id in anywhere
        else 3
        if staff.id in listed and spoken & set(staff.languages)
        else LAST
        for staff in among
    }


def _events_of(version: Version) -> set[UUID]:
    """The events in whose rooms it was flagged; none for a report alone, and then every shift is as near."""
    flagged = version.proposal.case.sources.filter(flag__isnull=False).values("flag__room")
    return set(Room.objects.filter(id__in=flagged).values_list("convening", flat=True))


def _languages_of(person: UUID) -> set[str]:
    staff = StaffMember.objects.filter(person=person).first()
    return set(staff.languages) if staff else set()
