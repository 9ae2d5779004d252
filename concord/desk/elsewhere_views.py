"""A step on a platform outside that somebody did by hand: they say so on the decision's page."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from concord.actions.models import Elsewhere
from concord.actions.settle_by_hand import settle_by_hand
from concord.desk.decision_views import decision_page, find_decision
from concord.desk.elsewhere import Typed
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused, tell


@door(works_on_cases)
@require_POST
def by_hand(request: DeskRequest, step_id: UUID) -> HttpResponse:
    """It was done there by hand; what was typed is kept when it cannot be taken."""
    step = Elsewhere.objects.visible_to(request.staff_member).filter(id=step_id).first()
    if step is None:
        raise Http404
    proof = request.POST.get("proof", "")
    try:
        settle_by_hand(
            step, proof=proof, by=request.staff_member, keyring=request.keyring, at=request.at
        )
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        found = find_decision(request, step.decision_id)
        typed = Typed(step.id, proof, refused.words)
        return decision_page(request, found, typed=typed, status=refused.status)
    return redirect("decision", step.decision_id)
