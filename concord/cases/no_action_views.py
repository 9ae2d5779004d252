"""A colleague finds that nothing needs to be done: what others read who are asked whether they agree."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord import refusals
from concord.cases.agree_to_no_action import (
    IsSettled,
    ReadItFirst,
    SayWhyNot,
    agree_to_no_action,
    decline_no_action,
)
from concord.cases.assess_case import in_words
from concord.cases.decide_no_action import read_why
from concord.cases.models import NoAction
from concord.cases.who_may import may_agree
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.refusals import Refused


@door(may_agree)
@require_safe
def asked(request: DeskRequest, decided_id: UUID) -> HttpResponse:
    """The reason and the four answers; not the case."""
    return _page(request, _find(request, decided_id))


@door(may_agree)
@require_POST
def agree(request: DeskRequest, decided_id: UUID) -> HttpResponse:
    """The second person's yes."""
    decided, who = _find(request, decided_id), request.staff_member
    try:
        agree_to_no_action(decided, by=who, keyring=request.keyring, at=request.at)
    except (ReadItFirst, IsSettled) as refused:
        return _told(request, decided_id, refused)
    messages.success(request, _("You agreed. It is left as it is, and followed up."))
    return HttpResponseRedirect(reverse("inbox"))


@door(may_agree)
@require_POST
def decline(request: DeskRequest, decided_id: UUID) -> HttpResponse:
    """Not agreed, and why."""
    decided, who = _find(request, decided_id), request.staff_member
    reason = request.POST.get("reason", "").replace("\0", "").replace("\r\n", "\n")
    try:
        decline_no_action(decided, reason=reason, by=who, keyring=request.keyring, at=request.at)
    except (SayWhyNot, IsSettled) as refused:
        return _told(request, decided_id, refused, typed=reason)
    messages.success(request, _("Noted. Your colleague reads why."))
    return HttpResponseRedirect(reverse("inbox"))


def _told(
    request: DeskRequest, decided_id: UUID, refused: Refused, *, typed: str = ""
) -> HttpResponse:
    """The page as it stands, with what the refusal says; what was typed stays in its field."""
    refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
    return _page(request, _find(request, decided_id), refused=refused, typed=typed)


def _page(
    request: DeskRequest, decided: NoAction, *, refused: Refused | None = None, typed: str = ""
) -> HttpResponse:
    why = read_why(decided, keyring=request.keyring, at=request.at)
    who = StaffMember.objects.filter(person=decided.decided_by).first()
    mine = decided.decided_by == request.staff_member.person_id
    context = {
        "decided": decided,
        "case": decided.case,
        "why": why,
        "answers": in_words(why.assessed),
        "who": who.working_name if who else "",
        "waits": decided.ended_at is None and not hasattr(decided, "agreement") and not mine,
        "refused": refused,
        "typed": typed,
    }
    status = refused.status if refused else 200
    return render(request, "cases/desk_no_action.html", context, status=status)


def _find(request: DeskRequest, decided_id: UUID) -> NoAction:
    visible = NoAction.objects.visible_to(request.staff_member)
    found = visible.select_related("case", "agreement").filter(id=decided_id).first()
    if found is None or not bytes(found.sealed):
        raise Http404
    return found
