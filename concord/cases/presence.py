"""Whether somebody answers for a case: when its coordinator was last heard, and who would take it (R-COORD-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from concord.cases.clocks import standing_of
from concord.cases.conflicts import eligible
from concord.cases.models import Case, Handover, Source, State
from concord.convenings.running import a_session_runs, is_running
from concord.ledger.readings import last_act
from concord.people.models import StaffMember
from concord.spaces.models import Room
from concord.vault import files

UNDECIDED = [State.OPEN, State.REOPENED, State.ASSESSED]


def patience(case: Case) -> timedelta:
    """How long an ask waits before the next are asked: ten minutes live, a day else."""
    minutes = settings.CONCORD_HANDOVER_LIVE_MINUTES
    return timedelta(minutes=minutes) if is_live(case) else timedelta(days=1)


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
    return case.state in UNDECIDED or (
        case.state == State.ACTION_PENDING and standing_of(case).awaits_press
    )


def heard_at(case: Case) -> datetime:
    """When the coordinator last did or read anything here; being covered counts as being there."""
    person = case.coordinator.person_id
    moments = [
        case.coordinated_since,
        last_act(person, subjects=_ids(case)),
        case.covers.filter(away=case.coordinator).values_list("until_at", flat=True).last(),
    ]
    return max(moment for moment in moments if moment is not None)


def able_to_take(case: Case, *, at: datetime) -> list[StaffMember]:
    """Receivers without a conflict who hold its key, awake or at rest, but its coordinator; on call first."""
    holders = files.readers(case.file) | files.dormant_readers(case.file)
    return [
        staff
        for staff in eligible(case, about=set(), at=at)
        if staff.receives_reports and staff.person_id in holders and staff.id != case.coordinator_id
    ]


def asked_by(handover: Handover, *, at: datetime) -> list[StaffMember]:
    """Who may accept it now: the one who was asked; after a while the deputy; then the leads, or whoever is left.

    Where nobody was named, the coordinator asked everybody; where the coordinator fell silent, the deputy is first.
    """
    if handover.as_deputy and not handover.case.is_unstaffed:
        return []
    able = able_to_take(handover.case, at=at)
    deputy = [staff for staff in able if staff.id == handover.case.deputy_id]
    leads = [staff for staff in able if staff.is_lead] or able
    waited = (at - handover.asked_at) // patience(handover.case)
    if handover.asked_by and handover.to is None:
        return able
    rings = [[handover.to] if handover.to in able else [], deputy, leads]
    rings = [ring for ring in rings if ring]
    return _each_once(staff for ring in rings[: waited + 1] for staff in ring)


def asks_of(staff: StaffMember, *, at: datetime) -> list[Handover]:
    """What waits for this person to take it: found only among cases whose row they see."""
    visible = Handover.objects.open().filter(case__in=Case.objects.visible_to(staff))
    found = visible.select_related("case__coordinator", "case__deputy", "to", "former")
    return [one for one in found if staff in asked_by(one, at=at)]


def _each_once(staff: Iterable[StaffMember]) -> list[StaffMember]:
    return list({one.id: one for one in staff}.values())


def _ids(case: Case) -> set[UUID]:
    pairs = case.sources.values_list("flag", "report")
    return {case.id, *standing_of(case).ids, *(id for pair in pairs for id in pair if id)}
