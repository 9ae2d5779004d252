"""What is done by hand: whoever did it says so, on the page of the decision."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from concord.actions.models import ByHand
from concord.actions.state_done import state_done
from concord.desk.who_may import sees_decisions
from concord.doors import door
from concord.people.at_the_desk import DeskRequest


@door(sees_decisions)
@require_POST
def done_by_hand(request: DeskRequest, by_hand_id: UUID) -> HttpResponse:
    """I did it, and this is what I did."""
    found = ByHand.objects.visible_to(request.staff_member).filter(id=by_hand_id).first()
    if found is None:
        raise Http404
    state_done(
        found,
        words=request.POST.get("words", "").replace("\0", ""),
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
    )
    return redirect("decision", found.decision_id)
