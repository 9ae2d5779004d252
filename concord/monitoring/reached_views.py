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
from concord.monitoring.vapid import public_key
from concord.monitoring.webhook import is_set, number_of
from concord.people.at_the_desk import DeskRequest
from concord.people.models import Login
from concord.people.who_may import staff


@door(staff)
@require_safe
def reached(request: DeskRequest) -> HttpResponse:
    """By which ways word reaches this person."""
    person = request.staff_member.person_id
    page = {
        "push_key": public_key(),
        "devices": PushSubscription.objects.visible_to(request.staff_member).order_by("made_at"),
        "by_letter": Login.objects.filter(person=person, address_sealed__isnull=False).exists(),
        "number": number_of(person) if is_set() else "",
    }
    return render(request, "monitoring/desk_reached.html", page)


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
