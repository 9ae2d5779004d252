"""Names that somebody wants to have kept out of an event's rooms: entered, and forgotten; never shown to anybody."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.convenings.models import Registration
from concord.doors import Request, door
from concord.monitoring.forms import NameForm
from concord.monitoring.models import ProtectedName
from concord.monitoring.protect_name import (
    names_passing,
    protect_name,
    protect_no_names,
)
from concord.people.current import person_of
from concord.people.models import Person
from concord.people.who_may import participant
from concord.refusals import Refused
from concord.spaces.models import Room


@door(participant)
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: Request, room_id: UUID) -> HttpResponse:
    """How many names are kept out for this person; posted to, one more, or none any more."""
    person = cast("Person", person_of(request)).id  # the door let in nobody else
    room = Room.objects.visible_to(person).filter(id=room_id).first()
    if room is None:
        raise Http404
    registration = Registration.objects.get(convening=room.convening_id, person_id=person)
    form = NameForm(request.POST or None)
    if request.method == "POST" and "none" in request.POST:
        protect_no_names(registration, at=request.at)
        messages.success(request, _("Nothing is kept any more."))
        return redirect("protect_names", room.id)
    if request.method == "POST" and form.is_valid():
        try:
            protect_name(registration, name=form.cleaned_data["name"], at=request.at)
            messages.success(request, _("From now on we are told when it appears."))
            return redirect("protect_names", room.id)
        except Refused as refused:
            form.add_error("name", str(refused.words))
    kept = ProtectedName.objects.filter(registration=registration).count()
    page = {"form": form, "room": room, "kept": kept, "passing": names_passing(registration)}
    return render(request, "monitoring/names.html", page)
