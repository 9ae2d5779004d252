"""The watch: all open rooms as they go, newest first, flags beside them. It watches rooms, never people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.db import OperationalError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from concord.convenings.models import Convening, State
from concord.convenings.running import running_events
from concord.desk.feed import CARRIED, NEWEST, feed
from concord.desk.waiting import flags_for, unwatched_for
from concord.desk.who_may import sees_decisions, watches
from concord.doors import door
from concord.live import relay
from concord.monitoring import alarm_unwatched, items
from concord.monitoring.alarm_unwatched import ASKS_AGAIN, keep_watch, watched
from concord.monitoring.ask_relief import asked_by, who_asks
from concord.monitoring.claim_flag import claim_flag, claimants, leave_flag
from concord.monitoring.items import Oldest, oldest_items
from concord.monitoring.machine_queue import machine_queue, seen_by_machine
from concord.monitoring.models import Flag, ShiftNote
from concord.monitoring.new_voices import new_voices
from concord.monitoring.own_flag import own_flags
from concord.monitoring.read_item import read_item
from concord.monitoring.screening.found import FLAGGED_FROM, URGENT_FROM
from concord.people.at_the_desk import DeskRequest
from concord.people.locked import BY_ITSELF
from concord.people.models import Shift, StaffMember
from concord.people.onward import onward
from concord.refusals import is_full
from concord.spaces.brakes_of import brakes_of
from concord.spaces.models import Post, Room

PACE = timedelta(minutes=5)
RELOADS = 30
"""Seconds after which the page with all rooms loads again where no script runs: before its rooms count as unwatched."""
MOST_ROOMS = 50
"""Whose streams one page listens to, the busiest; a stream has a limit. Of the others it asks again by itself."""
PARTS = {
    "watch-rooms": "desk/_watch_rooms.html",
    "watch-flags": "desk/_watch_flags.html",
    "watch-now": "desk/_watch_now.html",
}

EMPTY = "watch-empty"
"""What a page without any room asks for, until there is one."""


@door(watches)
@require_safe
def watch(request: DeskRequest) -> HttpResponse:
    """Every open room, or one of them with its brakes; a script asks for a part of it again.

    A part is asked for with every few posts, by everybody who watches: only what stands in it is looked up.
    """
    staff = request.staff_member
    everywhere = open_rooms(request.at)
    chosen = _chosen(everywhere, request.GET.get("room", ""))
    of_shift = _of_shift(everywhere, staff, at=request.at)
    is_wide = request.GET.get("events") == "all" or (chosen is not None and chosen not in of_shift)
    rooms = everywhere if is_wide else of_shift
    presence_is_kept = _is_kept(staff, chosen, at=request.at)
    if request.htmx and request.htmx.target == EMPTY:
        return HttpResponseClientRefresh() if rooms else HttpResponse(status=204)
    asked = _asked(request)
    context: dict[str, Any] = {
        "staff": staff,
        "rooms": rooms,
        "is_narrow": len(of_shift) < len(everywhere),
        "elsewhere": len(everywhere) - len(rooms),
        "chosen": chosen,
        "asked": asked,
        "here": f"{request.path}?{asked.urlencode()}" if asked else request.path,
        "again": ASKS_AGAIN,
        "presence_is_lost": not presence_is_kept,
        "news_are_late": relay.line.broken_since is not None,
        "now": request.at,
    }
    target = request.htmx.target if request.htmx else None
    part = PARTS.get(target or "")
    if part is None or target == "watch-rooms":
        context |= _rooms(rooms, everywhere, chosen, staff, at=request.at)
    if part is None or target == "watch-flags":
        context |= _flags(staff, everything="all" in request.GET, at=request.at)
    if part is None or target == "watch-now":
        context |= _now(request, [chosen] if chosen else rooms)
    if part:
        return render(request, part, context)
    if staff.may_concur:
        context["convenings"] = Convening.objects.exclude(state=State.ENDED)
    context["running"] = running_events()
    if not (chosen or context["feed"].is_earlier):
        context |= {"reloads": RELOADS, "still": "still" in asked}
    if chosen:
        context["room"] = chosen
        context["nonce"] = uuid4()
        context["brakes"] = brakes_of(chosen, staff=staff, at=request.at)
        context["next"] = context["here"]
    context["most"] = NEWEST
    return render(request, "desk/watch.html", context)


def _rooms(
    rooms: list[Room],
    everywhere: list[Room],
    chosen: Room | None,
    staff: StaffMember,
    *,
    at: datetime,
) -> dict[str, Any]:
    """The list of rooms, how lively each is, and which of them nobody watches."""
    seen = watched(everywhere, at=at)
    _count_lately(everywhere, at=at)
    return {
        "alone": {room.id for room in rooms} - seen,
        "unwatched": [one for each in unwatched_for(staff) if (one := each.without(seen)).rooms],
        "raided": new_voices(rooms, at=at),
        "shift": _shift(staff, at=at),
        "stream": _stream([chosen] if chosen else rooms, staff),
    }


def _flags(staff: StaffMember, *, everything: bool, at: datetime) -> dict[str, Any]:
    """What people and the machine ask this person to look at, and who is looking.

    Where more of both wait than a page holds, each has half of it.
    """
    found, how_many = oldest_items(flags_for(staff))
    room = max(items.SHOWN // 2, items.SHOWN - len(found))
    machine = machine_queue(staff, at=at, everything=everything, room=room)
    flags = found[: items.SHOWN - len(machine.put_forward)]
    return {
        "flags": flags,
        "how_many_flags": how_many,
        "more_flags": Oldest(flags, how_many).more,
        "machine": machine,
        "everything": everything,
        "rank": {
            "from": FLAGGED_FROM,
            "urgent": URGENT_FROM,
            "budget": settings.CONCORD_SCREEN_BUDGET,
        },
        "claims": claimants([*(item.flag for item in flags), *machine.put_forward], at=at),
    }


def _now(request: DeskRequest, rooms: list[Room]) -> dict[str, Any]:
    """What is written in these rooms, and which of it stands covered."""
    staff = request.staff_member
    page = feed(rooms, asked=request.GET, at=request.at)
    by_people = flags_for(staff).filter(post__in=page.posts).values_list("post", flat=True)
    return {
        "feed": page,
        "flagged": set(by_people) | seen_by_machine(staff, page.posts),
        "flagged_by_you": own_flags(page.posts, by=staff.person_id),
    }


def _is_kept(staff: StaffMember, room: Room | None, *, at: datetime) -> bool:
    """Whether it could be written down that they watch: where the disk is full they watch on without that."""
    try:
        keep_watch(staff, room=room, at=at)
    except OperationalError as why:
        if not is_full(why):
            raise
        return False
    return True


@door(sees_decisions)
@require_POST
def claim(request: DeskRequest, flag_id: UUID) -> HttpResponse:
    """Say that one is looking at a flag, or, with `leave`, that one is not any more."""
    found = Flag.objects.visible_to(request.staff_member).filter(id=flag_id).first()
    if found is None:
        raise Http404
    if "leave" in request.POST:
        leave_flag(found, by=request.staff_member, at=request.at)
    else:
        claim_flag(found, by=request.staff_member, at=request.at)
    back = onward(request.POST.get("next")) or reverse("watch")
    return HttpResponseRedirect(f"{back}#flag-{found.id}")


@door(sees_decisions)
@require_safe
def flag_words(request: DeskRequest, flag_id: UUID) -> HttpResponse:
    """What was flagged, and what all who did wrote with it, when somebody asks; each reading is an entry."""
    found = Flag.objects.visible_to(request.staff_member).filter(id=flag_id).first()
    if found is None:
        raise Http404
    page = read_item(found, by=request.staff_member, keyring=request.keyring, at=request.at)
    return render(request, "desk/_flag_words.html", {"flag": found, **page._asdict()})


def open_rooms(at: datetime) -> list[Room]:
    """Rooms of running sessions and lobbies of running events."""
    rooms = alarm_unwatched.open_rooms().select_related("session", "convening")
    return list(rooms.order_by("name", "id"))


def _count_lately(rooms: list[Room], *, at: datetime) -> None:
    """How many posts came in each within the last minutes."""
    posts = Post.objects.filter(posted_at__gt=at - PACE, removed=False).order_by()
    lately = dict(posts.values_list("room").annotate(Count("id")))
    for room in rooms:
        room.lately = lately.get(room.id, 0)  # type: ignore[attr-defined]


def _of_shift(rooms: list[Room], staff: StaffMember, *, at: datetime) -> list[Room]:
    """Those of the events that this person is on for now; all of them for who is on for all, or for none of these."""
    shifts = Shift.objects.filter(staff=staff, starts_at__lte=at, ends_at__gt=at)
    events = set(shifts.values_list("convening", flat=True))
    if None in events:
        return rooms
    return [room for room in rooms if room.convening_id in events] or rooms


def _chosen(rooms: list[Room], wanted: str) -> Room | None:
    return next((room for room in rooms if str(room.id) == wanted), None)


def _asked(request: DeskRequest) -> QueryDict:
    """What this page was asked for, without what it carries along when it asks again by itself."""
    asked = request.GET.copy()
    for name in (*CARRIED, BY_ITSELF):
        asked.pop(name, None)
    return asked


def _stream(rooms: list[Room], staff: StaffMember) -> str:
    """The address that tells this page that something happened; it carries ids only, in an order that stays."""
    busiest = sorted(rooms, key=lambda room: -room.lately)[:MOST_ROOMS]  # type: ignore[attr-defined]
    streams = [f"desk:{staff.person_id}", *sorted(room.watch_stream for room in busiest)]
    return "/live/?" + urlencode([("s", stream) for stream in streams])


def _shift(staff: StaffMember, *, at: datetime) -> dict[str, Any]:
    """Until when they are on, who would like to be relieved, and how many notes were handed to them."""
    notes = ShiftNote.objects.visible_to(staff)
    ends_at, mine = _shift_ends(staff, at=at), asked_by(staff, at=at)
    return {
        "ends_at": ends_at,
        "is_relieved": bool(ends_at and mine and mine.taken_at),
        "asked": sum(who != staff for who, _asked in who_asks(at)),
        "notes": notes.exclude(written_by=staff.person_id).count(),
    }


def _shift_ends(staff: StaffMember, *, at: datetime) -> datetime | None:
    shifts = Shift.objects.filter(staff=staff, starts_at__lte=at, ends_at__gt=at)
    return shifts.order_by("-ends_at").values_list("ends_at", flat=True).first()
