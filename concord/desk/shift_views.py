"""On shift: how long one has been on, how much one uncovered, who takes over, and a note for whoever comes next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord import refusals
from concord.convenings.running import running_events
from concord.desk.who_may import watches
from concord.doors import door
from concord.letters.outgoing import SeemsToBelongElsewhere
from concord.monitoring.ask_relief import ask_relief, asked_by, relieve, who_asks
from concord.monitoring.count_opening import count_opening, opened_by
from concord.monitoring.hand_over_shift import NothingToHandOver, hand_over_shift, read_shift_note
from concord.monitoring.models import Relief, ShiftNote
from concord.monitoring.on_shift import staff_on_shift, stretch_of
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.survivors.read_text import NamesSomebodyProtected
from concord.vault.sight import is_open_to

NOTHING_TO_SEE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
"""One clear point, as a GIF."""


@door(watches)
@require_safe
def on_shift(request: DeskRequest) -> HttpResponse:
    """One's own shift; for a lead, everybody's number beside their name."""
    return _page(request)


@door(watches)
@require_safe
def covered(request: DeskRequest, cover: int) -> HttpResponse:
    """The same where no script runs: the page asks for this picture when a cover is lifted, and shows nothing by it."""
    if request.method == "GET":
        count_opening(request.staff_member, at=request.at)
    return HttpResponse(NOTHING_TO_SEE, content_type="image/gif")


@door(watches)
@require_POST
def opened(request: DeskRequest) -> HttpResponse:
    """Something was uncovered: a script says so when a cover is lifted."""
    count_opening(request.staff_member, at=request.at)
    return HttpResponse(status=204)


@door(watches)
@require_POST
def hand_over(request: DeskRequest) -> HttpResponse:
    """Leave a note for whoever comes next."""
    text = request.POST.get("note", "").replace("\0", "").replace("\r\n", "\n")
    try:
        hand_over_shift(
            text,
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
            meant=request.POST.getlist("meant"),
        )
    except (NothingToHandOver, SeemsToBelongElsewhere, NamesSomebodyProtected) as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        return _page(request, refused=refused, note=text)
    messages.success(request, _("Handed over. It is erased after a day."))
    return HttpResponseRedirect(reverse("on_shift"))


@door(watches)
@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    """Ask somebody to take over."""
    ask_relief(request.staff_member, at=request.at)
    messages.success(request, _("Others are asked. Stay until somebody has come."))
    return HttpResponseRedirect(reverse("on_shift"))


@door(watches)
@require_POST
def take(request: DeskRequest, relief_id: UUID) -> HttpResponse:
    """Take over from somebody who asked."""
    asked = Relief.objects.filter(id=relief_id).first()
    if asked is None:
        raise Http404
    done = relieve(asked, by=request.staff_member, at=request.at)
    if done.taken_by == request.staff_member.person_id:
        messages.success(request, _("Thank you. They are told that you take over."))
    else:
        messages.success(request, _("Somebody else was sooner."))
    return HttpResponseRedirect(reverse("on_shift"))


def _page(request: DeskRequest, *, refused: Refused | None = None, note: str = "") -> HttpResponse:
    staff, at = request.staff_member, request.at
    stretch = stretch_of(staff, at=at)
    context: dict[str, Any] = {
        "stretch": stretch,
        "is_long": stretch is not None and stretch.is_long(at),
        "opened": opened_by(staff, at=at),
        "mine": asked_by(staff, at=at),
        "asked": [(one, who.working_name) for who, one in who_asks(at) if who != staff],
        "notes": _notes(request),
        "running": running_events(),
        "everybody": _everybody(request) if staff.is_lead else [],
        "refused": refused,
        "found": getattr(refused, "found", []),
        "note": note,
    }
    status = refused.status if refused else 200
    return render(request, "desk/on_shift.html", context, status=status)


def _notes(request: DeskRequest) -> list[tuple[ShiftNote, str, str]]:
    staff = request.staff_member
    notes = ShiftNote.objects.visible_to(staff).filter(is_open_to(staff.person_id))
    names = _names({one.written_by for one in notes})
    return [
        (one, names.get(one.written_by, ""), read_shift_note(one, keyring=request.keyring))
        for one in notes
    ]


def _everybody(request: DeskRequest) -> list[dict[str, Any]]:
    """Who is on, how long already, and how much they uncovered: a number, for a lead, and nothing else."""
    found = []
    for one in staff_on_shift(request.at):
        stretch = stretch_of(one, at=request.at)
        if stretch is not None:
            found.append(
                {
                    "name": one.working_name,
                    "stretch": stretch,
                    "is_long": stretch.is_long(request.at),
                    "opened": opened_by(one, at=request.at),
                }
            )
    return found


def _names(persons: set[UUID]) -> dict[UUID, str]:
    found = StaffMember.objects.filter(person__in=persons)
    return dict(found.values_list("person_id", "working_name"))
