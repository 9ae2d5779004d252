"""Whether somebody answers for a case: when its coordinator was last heard, and who would take it (R-COORD-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min, QuerySet, Subquery

from concord.cases.clocks import standing_of
from concord.cases.conflicts import acquainted_last, eligible
from concord.cases.models import Case, Handover, Source, State
from concord.convenings.running import a_session_runs, is_running
from concord.ledger.readings import last_act, last_of_any
from concord.people.models import StaffMember
from concord.reports.models import Word
from concord.spaces.models import Room
from concord.vault import files

UNDECIDED = [State.OPEN, State.REOPENED, State.ASSESSED]


MOST_CALLS = 6
"""So often people are called to a case that nobody takes; then more rarely, until somebody does."""


def patience(case: Case) -> timedelta:
    """How long an ask waits before the next are asked."""
    return waits(is_live=is_live(case))


def waits(*, is_live: bool) -> timedelta:
    """Ten minutes live, a day else, as the host has set them."""
    if is_live:
        return timedelta(minutes=settings.CONCORD_HANDOVER_LIVE_MINUTES)
    return timedelta(days=settings.CONCORD_HANDOVER_DAYS)


def is_live(case: Case) -> bool:
    """Something in it was flagged in a room that runs now, or told as urgent while any session runs.

    A report says of no room where it happened: while people are together anywhere, urgent means now. In the nights
    of an event of several days it means that two people may sleep.
    """
    return case.id in live_among(Case.objects.filter(id=case.id))


def live_among(cases: QuerySet[Case]) -> set[UUID]:
    """The ids of those that are live (`is_live`); a question for each room, however many cases there are."""
    found = Source.objects.filter(case__in=cases.order_by()).values_list(
        "case", "flag__room", "report__urgent"
    )
    rows = list(found)
    rooms = Room.objects.in_bulk({room for _case, room, _urgent in rows if room})
    runs = {id: is_running({room.place}) for id, room in rooms.items()}
    urgent_is_now = any(urgent for _case, _room, urgent in rows) and a_session_runs()
    return {case for case, room, urgent in rows if runs.get(room) or (urgent and urgent_is_now)}


def waits_for_coordinator(case: Case) -> bool:
    """Nothing is proposed or left yet, or a colleague agreed and nobody has carried it out."""
    if case.state in UNDECIDED:
        return not case.no_actions.waiting().exists()
    return case.state == State.ACTION_PENDING and standing_of(case).awaits_press


WAITS_ANEW = [
    "cases.reopen",
    "concurrence.concur",
    *(f"concurrence.{one}" for one in ("lapsed", "declined", "voided", "withdrawn", "leave")),
]
"""With each of these something begins to wait for the coordinator that did not before, whoever did it."""


def heard_at(case: Case) -> datetime:
    """Since when one may call them silent: they were here, or nothing had waited for them before."""
    began = [
        last_of_any(WAITS_ANEW, subjects=ids_of(case)),
        case.no_actions.aggregate(last=Max("ended_at"))["last"],
        _overtaken_at(case),
    ]
    return max([was_here_at(case), *(moment for moment in began if moment is not None)])


def _overtaken_at(case: Case) -> datetime | None:
    """When whoever reported first wrote after a colleague was asked to agree; what they write then puts nothing off."""
    asked = case.no_actions.overtaken().values("decided_at")
    words = Word.objects.filter(by_staff__isnull=True, said_at__gt=Subquery(asked))
    theirs = words.filter(report__in=case.sources.values("report"))
    return theirs.aggregate(first=Min("said_at"))["first"]


def was_here_at(case: Case) -> datetime:
    """When the coordinator was last here; being covered by somebody who said that they have it counts as being here."""
    covers = case.covers.filter(away=case.coordinator, answered_at__isnull=False)
    covered_until = covers.values_list("until_at", flat=True).last()
    seen_at = last_seen_at(case)
    return seen_at if covered_until is None else max(seen_at, covered_until)


def last_seen_at(case: Case) -> datetime:
    """When the coordinator last did or read anything here."""
    last = last_act(case.coordinator.person_id, subjects=ids_of(case))
    return case.coordinated_since if last is None else max(case.coordinated_since, last)


def touched_at(case: Case) -> datetime:
    """When its coordinator or its deputy last did or read anything here."""
    seats = [staff.person_id for staff in (case.coordinator, case.deputy) if staff is not None]
    ids = ids_of(case)
    acts = [last_act(person, subjects=ids) for person in seats]
    return max([case.coordinated_since, *(moment for moment in acts if moment is not None)])


def able_to_take(case: Case, *, at: datetime) -> list[StaffMember]:
    """Receivers without a conflict who hold its key, awake or at rest, but its coordinator; on call first, and whoever
    knows somebody in it a little last.
    """
    holders = files.readers(case.file) | files.dormant_readers(case.file)
    able = [
        staff
        for staff in eligible(case, about=set(), at=at)
        if staff.receives_reports and staff.person_id in holders and staff.id != case.coordinator_id
    ]
    return acquainted_last(case, able)[0]


def asked_by(handover: Handover, *, at: datetime) -> list[StaffMember]:
    """Who may accept it now: the one who was asked; after a while the deputy; then the leads, or whoever is left.

    Where nobody was named, the coordinator asked everybody; where the coordinator fell silent, the deputy is first.
    Whoever was called to it may take it, also when the event is over meanwhile.
    """
    rings = rings_of(handover, at=at)
    waited = (at - handover.asked_at) // patience(handover.case)
    turns = max(waited + 1, handover.calls)
    return _each_once(staff for ring in rings[:turns] for staff in ring)


def rings_of(handover: Handover, *, at: datetime) -> list[list[StaffMember]]:
    """Who is called one after the other; where all were asked at once, the deputy and the leads once more."""
    if handover.as_deputy and not handover.case.is_unstaffed:
        return []
    able = able_to_take(handover.case, at=at)
    deputy = [staff for staff in able if staff.id == handover.case.deputy_id]
    leads = [staff for staff in able if staff.is_lead] or able
    if handover.asked_by and handover.to is None:
        return [ring for ring in (able, _each_once([*deputy, *leads])) if ring]
    named = [handover.to] if handover.to in able else []
    return [ring for ring in (named, deputy, leads) if ring]


def next_call_at(handover: Handover, *, is_live: bool) -> datetime:
    """When people are called to it again: often at first, later rarely; it never falls silent."""
    if handover.called_at is None:
        return handover.asked_at
    if handover.calls < MOST_CALLS:
        return handover.called_at + waits(is_live=is_live)
    return handover.called_at + timedelta(days=1 if is_live else 7)


def asks_of(staff: StaffMember, *, at: datetime) -> list[Handover]:
    """What waits for this person to take it: found only among cases whose row they see."""
    visible = Handover.objects.open().filter(case__in=Case.objects.visible_to(staff))
    found = visible.select_related("case__coordinator", "case__deputy", "to", "former")
    return [one for one in found if staff in asked_by(one, at=at)]


def _each_once(staff: Iterable[StaffMember]) -> list[StaffMember]:
    return list({one.id: one for one in staff}.values())


def ids_of(case: Case) -> set[UUID]:
    pairs = case.sources.values_list("flag", "report")
    return {case.id, *standing_of(case).ids, *(id for pair in pairs for id in pair if id)}
