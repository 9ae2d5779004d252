"""A participant flags a post or a moment: two taps, without JavaScript."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from concord.access.gate import admit
from concord.convenings.guidelines_read import has_read
from concord.doors import Request, door
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import flag_post
from concord.monitoring.forms import FlagForm
from concord.monitoring.models import Flag
from concord.monitoring.own_flag import own_flag
from concord.people.current import person_of
from concord.people.models import Person
from concord.people.who_may import participant
from concord.spaces.enter import may_listen
from concord.spaces.models import Post, Room, RoomQuerySet


@door(participant)
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: Request, post_id: UUID) -> HttpResponse:
    """Flag a post. Who may read the room sees whose it is and when, and its words on asking; nobody else does."""
    visible = Post.objects.visible_to(_person(request)).select_related(
        "registration", "room__session__convening", "room__convening"
    )
    flagged = visible.filter(id=post_id).first()
    if flagged is None:
        raise Http404
    _pass_the_gate(request, flagged.room)
    if request.method != "POST" and (own := own_flag(flagged, by=_person(request))):
        return _flagged(request, own, flagged.room, post=flagged)
    form = FlagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        raised = flag_post(
            flagged,
            words=form.cleaned_data["words"],
            by=_person(request),
            by_staff=False,
            at=request.at,
        )
        return _flagged(request, raised, flagged.room, post=flagged)
    page = {
        "form": form,
        "room": flagged.room,
        "post": flagged,
        "shown": _may_read(request, flagged),
    }
    return render(request, "monitoring/flag.html", page)


@door(participant)
@require_http_methods(["GET", "HEAD", "POST"])
def moment(request: Request, room_id: UUID) -> HttpResponse:
    """Flag what was said or shown in a room just now."""
    room = _rooms(request).filter(id=room_id).first()
    if room is None:
        raise Http404
    _pass_the_gate(request, room)
    form = FlagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        raised = flag_moment(
            room,
            words=form.cleaned_data["words"],
            nonce=form.cleaned_data["nonce"],
            by=_person(request),
            by_staff=False,
            at=request.at,
        )
        return _flagged(request, raised, room, nonce=form.cleaned_data["nonce"])
    return render(request, "monitoring/flag.html", {"form": form, "room": room})


@door(participant)
@require_safe
def own_moment(request: Request, room_id: UUID, nonce: UUID) -> HttpResponse:
    """Whether a person has looked at a moment that they flagged; for anybody else there is nothing here."""
    room = _rooms(request).filter(id=room_id).first()
    own = own_flag(room, by=_person(request), nonce=nonce) if room else None
    if room is None or own is None:
        raise Http404
    _pass_the_gate(request, room)
    return _flagged(request, own, room, nonce=nonce)


def _flagged(
    request: Request,
    own: Flag,
    room: Room,
    *,
    post: Post | None = None,
    nonce: UUID | None = None,
) -> HttpResponse:
    """Thanks, and whether somebody has looked: the same word whatever they made of it."""
    context = {"room": room, "post": post, "nonce": nonce, "looked": own.judged_at is not None}
    return render(request, "monitoring/flagged.html", context)


def _pass_the_gate(request: Request, room: Room) -> None:
    """Whoever is shut out is told so here as at the room's own door. Reporting stays open to them, as to anybody."""
    with transaction.atomic():
        admit(_person(request), room.places, at=request.at)


def _may_read(request: Request, flagged: Post) -> bool:
    """Whether the post stands before this person in its room: every step into it is behind them."""
    room = flagged.room
    return (
        not flagged.removed
        and (room.session is None or has_read(request, room.session))
        and may_listen(_person(request), room, at=request.at)
    )


def _rooms(request: Request) -> RoomQuerySet:
    return Room.objects.visible_to(_person(request)).select_related(
        "convening", "session__convening"
    )


def _person(request: Request) -> UUID:
    return cast("Person", person_of(request)).id  # the door let in nobody else
