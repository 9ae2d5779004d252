"""Who may look at a decision again: receivers who had no part in it and no tie to anybody in it (workflow.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.actions.give_back import persons_under
from concord.actions.models import Confirmation
from concord.cases.models import Source
from concord.cases.tied import close_in
from concord.concurrence.models import Decision
from concord.monitoring.readers import acquainted_with, close_to
from concord.people.models import StaffMember
from concord.reports.keeps_out import kept_out_of
from concord.reports.models import Report
from concord.vault.keyholders import keyholders


def uninvolved(decisions: Iterable[Decision], *, at: datetime) -> list[StaffMember]:
    """Receivers with keys who had no part in any of these decisions, those on call first. May be empty."""
    decisions = list(decisions)
    out = {person for each in decisions for person in involved_in(each)}
    receivers = StaffMember.objects.receivers(at)
    able = keyholders(receivers.values_list("person_id", flat=True)) - out
    able -= kept_out_of(_reports_of(decisions), among=able)
    for case in {each.case for each in decisions}:
        able -= close_in(case, among=able)
    on_call = set(StaffMember.objects.on_call(at).values_list("id", flat=True))
    left = receivers.filter(person_id__in=able).order_by("working_name")
    return sorted(left, key=lambda staff: staff.id not in on_call)


def is_uninvolved(person: UUID, decision: Decision, *, at: datetime) -> bool:
    """Whether this very member of staff may look at it."""
    return any(staff.person_id == person for staff in uninvolved([decision], at=at))


def involved_in(decision: Decision) -> set[UUID]:
    """Who proposed, agreed, carried out or confirmed it, said no to it, coordinates its case or is deputy there,
    stepped out of it, is the person it is about, is close to them, or said that they know them."""
    case, made = decision.case, decision.execution
    part = {case.coordinator.person_id, *case.recusals.values_list("person", flat=True)}
    if case.deputy is not None:
        part.add(case.deputy.person_id)
    agreed = made.concurrence
    if agreed is not None:
        part |= {agreed.proposer, agreed.person}
        part |= set(agreed.version.declines.values_list("person", flat=True))
    confirmed = Confirmation.objects.filter(late__decision=decision)
    part |= set(confirmed.values_list("person", flat=True))
    acted = {made.executed_by, *decision.repetitions.values_list("executed_by", flat=True)}
    part |= {person for person in acted if person}
    about = persons_under(decision)
    return part | close_to(about) | acquainted_with(about)


def _reports_of(decisions: list[Decision]) -> list[Report]:
    """What the cases rest on in which these were made."""
    sources = Source.objects.filter(case__in={each.case_id for each in decisions})
    return [each.report for each in sources.select_related("report") if each.report]
