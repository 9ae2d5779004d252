"""Ending a decision, or letting some of several in again: proposed, and changed before somebody agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord import refusals
from concord.access.models import Shut
from concord.actions.give_back import removals_under
from concord.cases.read_case import read_case
from concord.concurrence.guards import NeedsCoordinator, StaleVersion
from concord.concurrence.models import Decision, Version
from concord.concurrence.propose import propose, revise
from concord.concurrence.terms import SHUTS, Incomplete, Target, Terms
from concord.convenings.known_members import names_in_rooms
from concord.desk.decision_views import find_decision
from concord.desk.lift_form import LiftForm, ReleaseForm
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused
from concord.spaces.models import Removal


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Propose that it ends now; it needs a second yes like everything else."""
    return _draft(request, find_decision(request, decision_id), releases=False)


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Propose that one of several, or some, are let in again, while it goes on for the others."""
    return _draft(request, find_decision(request, decision_id), releases=True)


def change_lift(request: DeskRequest, changing: Version, before: Terms) -> HttpResponse:
    """The same forms with what was proposed in them; what is sent takes its place and needs a new yes."""
    kinds = {target.kind for target in before.targets}
    found = find_decision(request, _ended_by(before))
    return _draft(request, found, releases="release" in kinds, changing=changing, before=before)


def _ended_by(before: Terms) -> UUID:
    """Which decision it is about: the one that ends, or the one under whose step somebody is kept out."""
    for target in before.targets:
        if target.kind == "lift":
            return target.id
    steps = [target.id for target in before.targets]
    return Decision.objects.get(execution__warrants__in=steps[:1]).id


def _draft(
    request: DeskRequest,
    found: Decision,
    *,
    releases: bool,
    changing: Version | None = None,
    before: Terms | None = None,
) -> HttpResponse:
    if request.staff_member not in (found.case.coordinator, found.case.deputy):
        raise NeedsCoordinator(subject=found.id)
    opened = read_case(found.case, by=request.staff_member, keyring=request.keyring, at=request.at)
    form = _form(request, found, releases=releases, before=before, wishes=opened.wishes)
    page = {
        "decision": found,
        "form": form,
        "releases": releases,
        "changing": changing,
        "wishes": opened.wishes,
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/lift.html", page, status=422 if form.errors else 200)
    try:
        proposal = _ask(request, found, form, changing)
    except Incomplete as refused:
        form.tell_missing(refused)
        return render(request, "desk/lift.html", page, status=refused.status)
    except Refused as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        form.add_error(None, str(refused.words))
        return render(request, "desk/lift.html", page, status=refused.status)
    return redirect("proposal", proposal)


def _form(
    request: DeskRequest, found: Decision, *, releases: bool, before: Terms | None, wishes: str
) -> LiftForm:
    how: dict[str, Any] = {"initial": LiftForm.of(before) if before else {}, "wishes": wishes}
    if releases:
        people = _kept_out(found, at=request.at)
        return ReleaseForm(request.POST or None, people=people, **how)
    posts = [_post_target(removal) for removal in removals_under(found)]
    return LiftForm(request.POST or None, posts=posts, **how)


def _ask(request: DeskRequest, found: Decision, form: LiftForm, changing: Version | None) -> UUID:
    who: dict[str, Any] = {
        "by": request.staff_member,
        "keyring": request.keyring,
        "at": request.at,
    }
    terms = form.asked(found.id, found.code)
    if changing is None:
        return propose(found.case, terms=terms, **who).id
    if request.POST.get("version") != str(changing.id):
        raise StaleVersion(subject=changing.proposal_id)
    return revise(changing.proposal, terms=terms, changing=changing, **who).proposal_id


def _kept_out(found: Decision, *, at: datetime) -> list[Target]:
    """Each step that keeps somebody out now, under the name that they have in a room."""
    steps = {step.id: step.target for step in found.execution.warrants.filter(kind__in=SHUTS)}
    shut = (
        Shut.objects.in_force(at).filter(warrant__in=list(steps)).values_list("warrant", flat=True)
    )
    names = names_in_rooms(steps.values())
    nobody = _("somebody who has no name in an event now")
    people = [Target("release", step, names.get(steps[step], nobody)) for step in shut]
    return sorted(people, key=lambda each: each.label.casefold())


def _post_target(removal: Removal) -> Target:
    return Target("restore", removal.post_id, f"{removal.post.room.name}, {removal.post.number}")
