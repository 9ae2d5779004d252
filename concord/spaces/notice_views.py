"""What the team says to one person alone in a room: a line, a page for the text, and one press."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from concord.access.models import Notice
from concord.access.tell import heed, notices_for, read_notice
from concord.doors import Request, anyone, door
from concord.spaces.enter import Entered, enter
from concord.spaces.offer_help import put_help_away


@door(anyone)
@require_safe
def notice(request: Request, room_id: UUID, notice_id: UUID) -> HttpResponse:
    """The text, for somebody whom no letter reaches."""
    entered = enter(request, room_id, at=request.at)
    if isinstance(entered, str):
        return HttpResponseRedirect(entered)
    found = _find(entered, notice_id, request)
    subject, _, body = read_notice(found, at=request.at).partition("\n\n")
    page = {"room": entered.room, "notice": found, "subject": subject, "body": body}
    return render(request, "spaces/notice.html", page)


@door(anyone)
@require_POST
def heed_notice(request: Request, room_id: UUID, notice_id: UUID) -> HttpResponse:
    """Leave the place, to the list of sessions; or say that it was read, and go on."""
    entered = enter(request, room_id, at=request.at)
    if isinstance(entered, str):
        return HttpResponseRedirect(entered)
    found = _find(entered, notice_id, request)
    heed(found, by=entered.registration.person_id, at=request.at)
    if found.asked_to_leave:
        return HttpResponseRedirect(reverse("event", args=[entered.room.convening.slug]))
    return HttpResponseRedirect(reverse("room", args=[room_id]))


@door(anyone)
@require_POST
def put_away(request: Request, room_id: UUID) -> HttpResponse:
    """The help lines were seen."""
    entered = enter(request, room_id, at=request.at)
    if isinstance(entered, str):
        return HttpResponseRedirect(entered)
    put_help_away(entered.registration.person_id, convening=entered.room.convening)
    return HttpResponseRedirect(reverse("room", args=[room_id]))


def _find(entered: Entered, notice_id: UUID, request: Request) -> Notice:
    """Only their own, only where it is said, only while it stands."""
    theirs = notices_for(entered.registration.person_id, entered.room.places, at=request.at)
    found = next((one for one in theirs if one.id == notice_id), None)
    if found is None:
        raise Http404
    return found
