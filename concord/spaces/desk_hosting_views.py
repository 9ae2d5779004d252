"""A room for whoever hosts it: announcements, the video, and whether it is recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.onward import onward
from concord.people.who_may import host
from concord.refusals import Refused
from concord.spaces.announce import announce, take_down
from concord.spaces.forms import AnnouncementForm, RecordingForm, VideoForm
from concord.spaces.models import Announcement, Room
from concord.spaces.show_video import say_recording, show_video


@door(host)
@require_safe
def hosting(request: DeskRequest, room_id: UUID) -> HttpResponse:
    """What stands above the room now, and how to change it."""
    return _page(request, _room(room_id))


@door(host)
@require_POST
def add_announcement(request: DeskRequest, room_id: UUID) -> HttpResponse:
    """Say something to everyone in the room; what was refused comes back as it was typed."""
    room, form = _room(room_id), AnnouncementForm(request.POST)
    if form.is_valid():
        try:
            announce(room, text=form.cleaned_data["text"], by=request.staff_member, at=request.at)
            return _back(request, room, _("Everyone in the room reads it now."))
        except Refused as refused:
            form.add_error("text", str(refused.words))
    return _page(request, room, announcement_form=form, status=409)


@door(host)
@require_POST
def end_announcement(request: DeskRequest, announcement_id: UUID) -> HttpResponse:
    """Take one down."""
    found = Announcement.objects.select_related("room").filter(id=announcement_id).first()
    if found is None:
        raise Http404
    take_down(found, by=request.staff_member, at=request.at)
    return _back(request, found.room, _("It is down, on every open page."))


@door(host)
@require_POST
def set_video(request: DeskRequest, room_id: UUID) -> HttpResponse:
    """Set, or take away, what is shown beside the posts."""
    room, form = _room(room_id), VideoForm(request.POST)
    if form.is_valid():
        try:
            show_video(room, link=form.cleaned_data["link"], by=request.staff_member, at=request.at)
            return _back(request, room, _("Everyone in the room sees the change now."))
        except Refused as refused:
            form.add_error("link", str(refused.words))
    return _page(request, room, video_form=form, status=409)


@door(host)
@require_POST
def set_recording(request: DeskRequest, room_id: UUID) -> HttpResponse:
    """Say whether the session is recorded."""
    room, form = _room(room_id), RecordingForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data["recording"]
        say_recording(room, recording=said, by=request.staff_member, at=request.at)
        return _back(request, room, _("Everyone in the room reads it now."))
    return _page(request, room, recording_form=form, status=409)


def _page(request: DeskRequest, room: Room, *, status: int = 200, **more: Any) -> HttpResponse:
    page = {
        "room": room,
        "standing": room.standing,
        "announcement_form": AnnouncementForm(),
        "video_form": VideoForm(initial={"link": room.video}),
        "recording_form": RecordingForm(initial={"recording": room.recording}),
        "next": onward(request.POST.get("next") or request.GET.get("next")) or "",
        **more,
    }
    return render(request, "spaces/desk_hosting.html", page, status=status)


def _back(request: DeskRequest, room: Room, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(
        onward(request.POST.get("next")) or reverse("hosting", args=[room.id])
    )


def _room(room_id: UUID) -> Room:
    found = Room.objects.filter(id=room_id).first()
    if found is None:
        raise Http404
    return found
