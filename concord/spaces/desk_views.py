"""The brakes of a room, for whoever watches over it. The same part stands on the watch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, door
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.onward import onward
from concord.people.who_may import monitor
from concord.spaces.brakes_of import brakes_of
from concord.spaces.confirm_brake import confirm_brake
from concord.spaces.forms import BrakeForm
from concord.spaces.lift_brake import lift_brake
from concord.spaces.models import Brake, Room
from concord.spaces.pull_brake import pull_brake


@door(monitor)
@require_http_methods(["GET", "HEAD", "POST"])
def brakes(request: Request, room_id: UUID) -> HttpResponse:
    """What holds in this room, and the brakes that can be pulled."""
    room = Room.objects.filter(id=room_id).first()
    if room is None:
        raise Http404
    form = BrakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pull_brake(room, kind=form.cleaned_data["kind"], by=_staff(request), at=request.at)
        return _back(request, room)
    return _show(request, room, form=form)


@door(monitor)
@require_POST
def confirmation(request: Request, brake_id: UUID) -> HttpResponse:
    """A colleague agrees that the room stays held."""
    brake = confirm_brake(_brake(brake_id), by=_staff(request), at=request.at)
    return _back(request, brake.room)


@door(monitor)
@require_POST
def lift(request: Request, brake_id: UUID) -> HttpResponse:
    """The room goes on."""
    brake = lift_brake(_brake(brake_id), by=_staff(request), at=request.at)
    return _back(request, brake.room)


def _show(request: Request, room: Room, **more: Any) -> HttpResponse:
    part = brakes_of(room, staff=_staff(request), at=request.at)
    page = "spaces/_brakes.html" if request.htmx else "spaces/brakes.html"
    return render(
        request, page, {"room": room, "brakes": part, "next": request.POST.get("next", ""), **more}
    )


def _back(request: Request, room: Room) -> HttpResponse:
    if request.htmx:
        return _show(request, room)
    return HttpResponseRedirect(
        onward(request.POST.get("next")) or reverse("brakes", args=[room.id])
    )


def _staff(request: Request) -> StaffMember:
    staff = staff_of(request)
    if staff is None:
        raise Http404
    return staff


def _brake(brake_id: UUID) -> Brake:
    brake = Brake.objects.select_related("room").filter(id=brake_id).first()
    if brake is None:
        raise Http404
    return brake
