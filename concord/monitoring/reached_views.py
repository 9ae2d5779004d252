"""How I am reached: by letter, in this browser, by the host's own gateway; each person for themself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.doors import Request, anyone, door, on_desk
from concord.monitoring.models import PushSubscription
from concord.monitoring.reach_by_push import reach_by_push, stop_push
from concord.monitoring.reached_form import LetterForm
from concord.monitoring.ring import letters_reach, ring
from concord.monitoring.vapid import public_key
from concord.monitoring.webhook import is_set, number_of
from concord.people.at_the_desk import DeskRequest
from concord.people.leave_address import address_left_by, leave_address, take_address_back
from concord.people.who_may import staff


@door(staff)
@require_safe
def reached(request: DeskRequest) -> HttpResponse:
    """By which ways word reaches this person."""
    return _page(request)


@door(staff)
@require_POST
def letters_to(request: DeskRequest) -> HttpResponse:
    """Write to me there, or nowhere."""
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    if form.cleaned_data["address"]:
        leave_address(request.staff_member, address=form.cleaned_data["address"], at=request.at)
        messages.success(request, _("Letters go there from now on. They say nothing else."))
    else:
        take_address_back(request.staff_member, at=request.at)
        messages.success(request, _("Your address is forgotten."))
    return redirect("reached")


@door(staff)
@require_POST
def try_ways(request: DeskRequest) -> HttpResponse:
    """Let every way say now what it would say then, to oneself."""
    ring([request.staff_member.person_id], at=request.at, at_once=True)
    messages.success(request, _("Every way says so within a minute: “Please look at your desk.”"))
    return redirect("reached")


def _page(
    request: DeskRequest, *, form: LetterForm | None = None, status: int = 200
) -> HttpResponse:
    person = request.staff_member.person_id
    page = {
        "push_key": public_key(),
        "devices": PushSubscription.objects.visible_to(request.staff_member).order_by("made_at"),
        "form": form or LetterForm(initial={"address": address_left_by(request.staff_member)}),
        "by_letter": letters_reach(person, at=request.at),
        "number": number_of(person) if is_set() else "",
    }
    return render(request, "monitoring/desk_reached.html", page, status=status)


@door(staff)
@require_POST
def push_here(request: DeskRequest) -> HttpResponse:
    """Tell me in this browser."""
    reach_by_push(request.staff_member, endpoint=request.POST.get("endpoint", ""), at=request.at)
    messages.success(request, _("This browser tells you from now on. It says nothing else."))
    return redirect("reached")


@door(staff)
@require_POST
def push_no_more(request: DeskRequest, subscription_id: UUID) -> HttpResponse:
    """Tell me there no more."""
    mine = PushSubscription.objects.visible_to(request.staff_member)
    found = mine.filter(id=subscription_id).first()
    if found is None:
        raise Http404
    stop_push(found, by=request.staff_member, at=request.at)
    return redirect("reached")


@door(anyone, on_desk)
@require_safe
def notices_script(request: Request) -> HttpResponse:
    """What a browser runs when an empty message arrives; the same for everybody, and it knows nothing."""
    return render(request, "monitoring/desk_notices.js", content_type="text/javascript")
