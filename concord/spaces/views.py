"""A room as a page: read, and write. It works without JavaScript; a script makes it live."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.access.gate import NotAdmitted, limit_of
from concord.access.tell import notices_for
from concord.convenings.models import Registration
from concord.doors import Request, anyone, door, note_refusal
from concord.refusals import NoSpace, Refused, is_full
from concord.spaces import hooks, post_actions
from concord.spaces.enter import Entered, enter
from concord.spaces.forms import PostForm
from concord.spaces.hidden import hidden_in
from concord.spaces.light import fit, keep_light, mark_of, not_told, wants_light
from concord.spaces.models import Announcement, Condition, Post, Recording, Room
from concord.spaces.offer_help import help_for
from concord.spaces.post_message import NothingToAnswer, post_message
from concord.spaces.thread_of import thread_of

WINDOW = 50
"""Posts on one page."""
BLANK = UUID(int=0)
"""Stands for the post in links that the script completes for each post that arrives."""


class NotInsideAnyMore(Refused):
    words = _(
        "You are no longer signed in, or something has to be read again first. Nothing was sent."
    )
    status = 409


class Acts(NamedTuple):
    """What the reader can do about a post, besides replying."""

    links: list[post_actions.Link]


class Shown(NamedTuple):
    """A post as one reader sees it."""

    post: Post
    own: bool
    acts: Acts


class Part(NamedTuple):
    """The posts of one page, in their order, and whether there may be more beyond."""

    posts: list[Post]
    full: bool


@door(anyone)
@require_safe
def room(request: Request, room_id: UUID) -> HttpResponse:
    """The newest posts, at the bottom; with `?after=` only what is new, with `?before=` what came earlier.

    With `?thread=` one message and what was answered to it. `?light=1` turns to text only, `?light=0` back; there
    a thread comes in parts, and with `?only=` one message stands whole.
    """
    entered = enter(request, room_id, at=request.at)
    if isinstance(entered, str):
        return HttpResponseRedirect(entered)
    if "light" in request.GET:
        response = HttpResponseRedirect(reverse("room", args=[room_id]))
        keep_light(response, wanted=request.GET["light"] == "1")
        return response
    only, number = _number(request.GET.get("only")), _number(request.GET.get("thread"))
    if only is not None and wants_light(request):
        return _only(request, entered, only)
    if only is not None or number is not None:
        return _thread(request, entered, number or only or 0)
    return _page(request, entered)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: Request, room_id: UUID) -> HttpResponse:
    """Say something. Whatever is refused, the words come back, on a page whose links lead from here into the room."""
    if request.method != "POST":
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{reverse('room', args=[room_id])}{query and '?'}{query}")
    said = PostForm(request.POST).said
    text = said["text"] or ""
    try:
        entered = enter(request, room_id, at=request.at, to_write=True)
    except Refused as refused:
        return _turn_away(request, refused, text=text)
    if isinstance(entered, str):
        return _turn_away(request, NotInsideAnyMore(), text=text, onward=entered)
    advice = [] if said["sure"] else hooks.advice(entered.room, text)
    if advice:
        return _again(request, entered, said, advice=advice, status=409)
    try:
        made = _post(request, entered, said)
    except NotAdmitted as refused:
        return _turn_away(request, refused, text=text)
    except Refused as refused:
        return _again(request, entered, said, refused=refused, status=refused.status)
    return _made(request, made, said)


@door(anyone)
@require_safe
def video(request: Request, room_id: UUID, host: str = "") -> HttpResponse:
    """The room with what is shown in it: this page alone is opened to the one host that it comes from.

    `host`: whom the line beside the link named. Whoever was told of none, or of another, reads the line first.
    """
    entered = enter(request, room_id, at=request.at)
    if isinstance(entered, str):
        return HttpResponseRedirect(entered)
    named = entered.room.video_host
    if not named or host != named or "thread" in request.GET:
        thread = _number(request.GET.get("thread"))
        more = "" if thread is None else f"?thread={thread}"
        return HttpResponseRedirect(reverse("room", args=[room_id]) + more)
    request.csp_frames.append(f"https://{named}")
    return _page(request, entered, video=True)


def _thread(request: Request, entered: Entered, number: int) -> HttpResponse:
    """One message with all that was answered to it, on an address of its own."""
    hidden = hidden_in(request, entered.room.convening)
    posts = thread_of(entered.room, number, without=hidden)
    if not posts:
        raise Http404
    return _page(request, entered, _of_thread(request, entered.room, posts), **_about(posts[0]))


def _only(request: Request, entered: Entered, number: int) -> HttpResponse:
    """One message as long as it is, for text only, where a page of several cuts it."""
    hidden = hidden_in(request, entered.room.convening)
    shown = entered.room.posts.to_show().exclude(registration__in=hidden)
    one = shown.filter(number=number).first()
    if one is None:
        raise Http404
    return _page(request, entered, Part([one], full=False), **_about(one))


def _about(first: Post) -> dict[str, Any]:
    """What is written on the page of a thread answers its first message, and leads back there."""
    return {
        "thread": first,
        "answering": None if first.removed else first,
        "after": None,
        "earlier": None,
        "live": False,
    }


def _post(request: Request, entered: Entered, said: dict[str, Any]) -> Post:
    answered = None
    if said["comment_on"]:
        answered = Post.objects.filter(room=entered.room, id=said["comment_on"]).first()
        if answered is None:
            raise NothingToAnswer
    try:
        return post_message(
            entered.room,
            registration=entered.registration,
            text=said["text"] or "",
            nonce=said["nonce"],
            comment_on=answered,
            at=request.at,
        )
    except OperationalError as why:
        if is_full(why):
            raise NoSpace from why
        raise


def _made(request: Request, made: Post, said: dict[str, Any]) -> HttpResponse:
    """Back to where they were reading; a script gets the post's number and the next form's nonce."""
    if request.htmx:
        return JsonResponse({"number": made.number, "nonce": str(uuid.uuid4())}, status=201)
    more: dict[str, Any] = {"after": said["after"]}
    if said["thread"]:
        # As text only a thread comes in parts: this is the one with what was just said.
        more = {
            "thread": said["thread"],
            "after": made.number - 1 if wants_light(request) else None,
        }
    if more["after"] is not None:
        more["told"] = said["told"] or None
    query = urlencode({name: value for name, value in more.items() if value is not None})
    path = reverse("room", args=[made.room_id])
    return HttpResponseRedirect(f"{path}{query and '?'}{query}#post-{made.number}")


def _again(
    request: Request, entered: Entered, said: dict[str, Any], *, status: int, **more: Any
) -> HttpResponse:
    """The page once more, with the reason and everything that was typed."""
    if request.htmx:
        return render(request, "spaces/_not_sent.html", more, status=status)
    answering = entered.room.posts.to_show().filter(id=said["comment_on"], removed=False).first()
    kept = {"after": said["after"], "text": said["text"] or "", "answering": answering}
    return _page(request, entered, status=status, **kept, **more)


def _turn_away(request: Request, refused: Refused, **more: Any) -> HttpResponse:
    """Told like at any door, but what they wrote stays theirs to copy."""
    note_refusal(request, refused, at=request.at)
    page = "site/_refused.html" if request.htmx else "spaces/refused.html"
    return render(request, page, {"refused": refused, **more}, status=refused.status)


def _page(
    request: Request,
    entered: Entered,
    part: Part | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The room, or this part of it. What was typed before comes back through `more`."""
    room = entered.room
    after, before = _number(request.GET.get("after")), _number(request.GET.get("before"))
    after = more.get("after", after)
    hidden = hidden_in(request, room.convening)
    light = wants_light(request) and "video" not in more
    standing = list(room.standing)
    unread = _unread(request, standing) if light else standing
    posts, full = part or _window(
        room,
        after=after,
        before=before,
        hidden=hidden,
        fits=partial(fit, beside=unread) if light else list,
    )
    context = {
        "room": room,
        "condition": room.condition(request.at),
        "standing": unread,
        "told": "-".join(mark_of(one) for one in standing) if light else "",
        "recordings": Recording.choices,
        "conditions": list(Condition),
        "limit": limit_of(entered.registration.person_id, room.places, at=request.at),
        "help_lines": help_for(
            entered.registration.person_id, convening=room.convening, at=request.at
        ),
        "notices": notices_for(entered.registration.person_id, room.places, at=request.at),
        "posts": [_shown(one, entered.registration) for one in posts],
        "after": after,
        "earlier": posts[0].number if full and after is None else None,
        # The room was read before the posts: a stream that goes on from here may repeat, but misses nothing.
        "last": posts[-1].number if full and after is not None else room.last_number,
        "further": posts[-1].number if full and part else None,
        "live": before is None,
        "me": entered.registration,
        "hidden": hidden,
        "links": post_actions.links_of_room(room.id),
        "blank_acts": Acts(post_actions.links_of_post(BLANK)),
        "answering": _answered(room, _number(request.GET.get("answer")), hidden=hidden),
        "nonce": uuid.uuid4(),
    }
    page = "spaces/room_light.html" if light else "spaces/room.html"
    return render(request, page, context | more, status=status)


def _unread(request: Request, standing: list[Announcement]) -> list[Announcement]:
    """What the team says, but for what the page before this one said."""
    return not_told(standing, request.GET.get("told", ""))


def _of_thread(request: Request, room: Room, posts: list[Post]) -> Part:
    """A thread whole; or as text only as much as fits, from its beginning or after a number."""
    if not wants_light(request):
        return Part(posts, full=False)
    after = _number(request.GET.get("after")) or 0
    rest = [one for one in posts if one.number > after] or posts
    shown = fit(rest, beside=_unread(request, list(room.standing)))
    return Part(shown, full=len(shown) < len(rest))


def _window(
    room: Room,
    *,
    after: int | None,
    before: int | None,
    hidden: frozenset[UUID],
    fits: Callable[[list[Post]], list[Post]],
) -> Part:
    """The posts of one page of the room: of as many as it may hold, those that fit."""
    posts = room.posts.to_show().exclude(registration__in=hidden)
    if after is not None:
        posts = posts.filter(number__gt=after)
    else:
        posts = (posts.filter(number__lt=before) if before is not None else posts).reverse()
    found = list(posts[:WINDOW])
    shown = fits(found)
    full = len(found) == WINDOW or len(shown) < len(found)
    return Part(shown if after is not None else shown[::-1], full)


def _shown(one: Post, reader: Registration) -> Shown:
    return Shown(one, one.registration_id == reader.id, Acts(post_actions.links_of_post(one.id)))


def _answered(room: Room, number: int | None, *, hidden: frozenset[UUID]) -> Post | None:
    if not number:
        return None
    posts = room.posts.to_show().filter(number=number, removed=False)
    return posts.exclude(registration__in=hidden).first()


def _number(typed: str | None) -> int | None:
    """A number of the room's sequence from an address; anything else counts as none."""
    return int(typed) if typed and re.fullmatch(r"[0-9]{1,15}", typed) else None
