"""What is done by hand, here or on a platform outside: whoever did it says so, on the page of the decision."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from concord.actions.models import ByHand, Elsewhere
from concord.actions.settle_by_hand import settle_by_hand
from concord.actions.state_done import state_done
from concord.desk.by_hand import Typed
from concord.desk.decision_views import decision_page, find_decision
from concord.desk.who_may import sees_decisions
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused, tell


@door(sees_decisions)
@require_POST
def done_by_hand(request: DeskRequest, step_id: UUID) -> HttpResponse:
    """It was done, and this is what was done; what was typed is kept when it cannot be taken."""
    step, staff = _find(request, step_id), request.staff_member
    words = request.POST.get("words", "").replace("\0", "")
    try:
        if isinstance(step, Elsewhere):
            settle_by_hand(step, proof=words, by=staff, keyring=request.keyring, at=request.at)
        else:
            state_done(step, words=words, by=staff, keyring=request.keyring, at=request.at)
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        found = find_decision(request, step.decision_id)
        typed = Typed(step.id, words, refused.words)
        return decision_page(request, found, typed=typed, status=refused.status)
    return redirect("decision", step.decision_id)


def _find(request: DeskRequest, step_id: UUID) -> Elsewhere | ByHand:
    staff = request.staff_member
    found = (
        Elsewhere.objects.visible_to(staff).filter(id=step_id).first()
        or ByHand.objects.visible_to(staff).filter(id=step_id).first()
    )
    if found is None:
        raise Http404
    return found
