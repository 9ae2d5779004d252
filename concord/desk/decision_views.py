"""Decisions in force and ended, and what came under them since."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.concurrence.models import Decision, GroundCount
from concord.concurrence.terms import GROUNDS
from concord.concurrence.wording import place_name
from concord.desk.who_may import sees_decisions
from concord.doors import door
from concord.evasion.models import Match
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember

MOST_ENDED = 50
STEP = 5


@door(sees_decisions)
@require_safe
def decisions(request: DeskRequest) -> HttpResponse:
    """All that this person may see, those in force first; rows by code, place and end."""
    visible = Decision.objects.visible_to(request.staff_member)
    in_force = visible.in_force(request.at)
    ended = visible.exclude(id__in=in_force.values("id"))[:MOST_ENDED]
    context = {"in_force": _rows(in_force), "ended": _rows(ended), "grounds": _grounds()}
    return render(request, "desk/decisions.html", context)


def _grounds() -> list[tuple[Any, int]]:
    """Each ground apart, in whole steps of five, so that nobody learns of a single decision by it."""
    counts = dict(GroundCount.objects.values_list("ground", "decisions"))
    return [(words, counts.get(code, 0) // STEP * STEP) for code, words in GROUNDS.items()]


@door(sees_decisions)
@require_safe
def decision(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """One decision: its steps, and the returns that were met under it."""
    visible = Decision.objects.visible_to(request.staff_member)
    found = (
        visible.select_related("execution__concurrence__version", "case")
        .filter(id=decision_id)
        .first()
    )
    if found is None:
        raise Http404
    agreed = found.execution.concurrence
    people = {agreed.proposer, agreed.person} if agreed else set()
    names = StaffMember.objects.filter(person__in=people).order_by("working_name")
    warrants = list(found.execution.warrants.order_by("-kind"))
    revoked = [warrant for warrant in warrants if warrant.kind == "revoke"]
    context = {
        "decision": found,
        "is_in_force": Decision.objects.in_force(request.at).filter(id=found.id).exists(),
        "names": [staff.working_name for staff in names],
        "proposal_id": agreed.version.proposal_id if agreed else None,
        "places": [place_name(warrant.scope_kind, warrant.scope_id) for warrant in revoked],
        "deleted": len(warrants) - len(revoked),
        "unchecked": sum(warrant.verified_at is None for warrant in warrants),
        "returns": list(Match.objects.filter(decision=found)),
        "may_undo": request.staff_member.receives_reports,
    }
    return render(request, "desk/decision.html", context)


def _rows(decisions: QuerySet[Decision]) -> list[tuple[Decision, str, int]]:
    """Each with where it holds and how many returns were met under it; the same few queries for any number."""
    found = list(decisions.prefetch_related("execution__warrants", "returns"))
    places: dict[tuple[str, UUID | None], str] = {}
    rows = []
    for one in found:
        revoked = [each for each in one.execution.warrants.all() if each.kind == "revoke"]
        names = []
        for warrant in revoked:
            place = (warrant.scope_kind, warrant.scope_id)
            if place not in places:
                places[place] = place_name(*place)
            names.append(places[place])
        rows.append((one, ", ".join(dict.fromkeys(names)), len(one.returns.all())))
    return rows
