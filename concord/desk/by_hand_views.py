"""What is done by hand, here or outside: whoever did it says so, on the decision's page; and what does not hold."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from concord.actions.models import ByHand, Elsewhere, Unheld
from concord.actions.send_again import send_again
from concord.actions.settle_by_hand import settle_by_hand
from concord.actions.state_done import state_done
from concord.concurrence.set_aside import set_aside
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


@door(sees_decisions)
@require_POST
def send_once_more(request: DeskRequest, step_id: UUID) -> HttpResponse:
    """The letter of a step that does not hold is left anew."""
    step = _unheld(request, step_id)
    try:
        send_again(step, by=request.staff_member, keyring=request.keyring, at=request.at)
    except Refused as refused:
        return _not_taken(request, step, "", refused)
    messages.success(
        request, _("It was sent again. The step holds once the letter was handed over.")
    )
    return redirect("decision", step.decision_id)


@door(sees_decisions)
@require_POST
def leave_step_out(request: DeskRequest, step_id: UUID) -> HttpResponse:
    """A step that does not hold is left out, with a reason; what was typed is kept when it cannot be taken."""
    step = _unheld(request, step_id)
    agreed = step.warrant.execution.concurrence
    if agreed is None:
        raise Http404
    reason = request.POST.get("words", "").replace("\0", "")
    try:
        set_aside(
            agreed.version,
            steps=[step.warrant.commitment or ""],
            reason=reason,
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
        )
    except Refused as refused:
        return _not_taken(request, step, reason, refused)
    messages.success(request, _("It was left out, with your reason beside the exact text."))
    return redirect("decision", step.decision_id)


def _unheld(request: DeskRequest, step_id: UUID) -> Unheld:
    visible = Unheld.objects.visible_to(request.staff_member)
    found = visible.select_related("decision__case", "warrant__execution__concurrence__version")
    step = found.filter(id=step_id).first()
    if step is None:
        raise Http404
    return step


def _not_taken(request: DeskRequest, step: Unheld, words: str, refused: Refused) -> HttpResponse:
    """The page again, with why; what holds by now is in its list no more, and nothing needs to be said."""
    tell(refused, actor=request.staff_member.person_id, at=request.at)
    found = find_decision(request, step.decision_id)
    typed = Typed(step.id, words, refused.words)
    return decision_page(request, found, typed=typed, status=refused.status)


def _find(request: DeskRequest, step_id: UUID) -> Elsewhere | ByHand:
    staff = request.staff_member
    found = (
        Elsewhere.objects.visible_to(staff).filter(id=step_id).first()
        or ByHand.objects.visible_to(staff).filter(id=step_id).first()
    )
    if found is None:
        raise Http404
    return found
