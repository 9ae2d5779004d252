"""The desk's side of those who say later that they belong to an organisation under a decision."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from concord.actions.later_members import read_later
from concord.actions.look_at_later import apply_to, spare
from concord.actions.models import LaterMember
from concord.actions.who_may import looks_at_later
from concord.concurrence.models import Decision
from concord.concurrence.wording import place_name
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused, tell

VERBS = {"apply": apply_to, "spare": spare}


@door(looks_at_later)
@require_http_methods(["GET", "HEAD", "POST"])
def later_member(request: DeskRequest, card_id: UUID) -> HttpResponse:
    """One of them: who it is, what was decided, and the two things that can be done."""
    card = (
        LaterMember.objects.visible_to(request.staff_member)
        .select_related("barred__decision", "barred__organisation", "barred__warrant")
        .filter(id=card_id)
        .first()
    )
    if card is None:
        raise Http404
    refused, typed = None, request.POST.get("reason", "").replace("\0", "")[:2_000]
    verb = VERBS.get(request.POST.get("step", ""))
    if request.method == "POST" and verb is not None:
        try:
            verb(card, reason=typed, by=request.staff_member, at=request.at)
            return redirect("later_member", card.id)
        except Refused as told:
            tell(told, actor=request.staff_member.person_id, at=request.at)
            refused = told
    standing = card.barred.warrant
    context = {
        "card": card,
        "seen": read_later(card, by=request.staff_member, keyring=request.keyring, at=request.at),
        "decision": card.barred.decision,
        "is_in_force": Decision.objects.in_force(request.at).filter(id=card.barred_id).exists(),
        "place": place_name(standing.scope_kind, standing.scope_id),
        "typed": typed,
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "actions/desk_later_member.html", context, status=status)
