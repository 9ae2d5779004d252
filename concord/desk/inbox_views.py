"""The inbox: what this person can do next, then everything that waits for them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.actions.watch_audit import alarm_for
from concord.desk.debriefs import debriefs_for
from concord.desk.first_thing import first_thing
from concord.desk.given_up import given_up
from concord.desk.waiting import (
    presses_for,
    proposals_for,
    unwatched_for,
    waiting_for,
)
from concord.desk.who_may import has_a_desk
from concord.doors import door
from concord.live import relay
from concord.outbox.try_again import try_again
from concord.people.at_the_desk import DeskRequest
from concord.people.leavings import just_left, leavings
from concord.reports.new_code import made_for_others


@door(has_a_desk)
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """Rows by code, urgency and age. What they hold is read only when they are opened. A page asks for their number."""
    if request.htmx and request.htmx.target == "waits":
        return render(request, "desk/_waits.html")
    staff = request.staff_member
    waiting = waiting_for(staff, at=request.at)
    context = {
        "waiting": waiting,
        "first": first_thing(waiting, at=request.at),
        "staff": staff,
        "now": request.at,
        "audit_alarm": alarm_for(staff),
        "given_up": given_up(staff),
        "kept": staff.person.drafts.filter(was_sent=True),
        "news_are_late": relay.line.broken_since is not None,
        "unwatched": unwatched_for(staff),
        "debriefs": debriefs_for(staff, at=request.at),
        "leavings": leavings(staff, at=request.at),
        "new_codes": made_for_others(staff, at=request.at),
        "gone": just_left(staff, at=request.at),
    }
    return render(request, "desk/inbox.html", context)


@door(has_a_desk)
@require_safe
def next_thing(request: DeskRequest) -> HttpResponse:
    """Where a notice leads in the end: what was agreed and not carried out, what waits for a yes, or the one thing
    that waits; else the inbox. What opening clears for everybody is opened by hand.
    """
    staff = request.staff_member
    press = presses_for(staff, at=request.at).first()
    asked = press or proposals_for(staff, at=request.at).order_by("lapses_at").first()
    if asked is not None:
        return HttpResponseRedirect(reverse("proposal", args=[asked.proposal_id]))
    waiting = waiting_for(staff, at=request.at)
    first = first_thing(waiting, at=request.at)
    if first is not None and waiting.number == 1 and not first.once:
        return HttpResponseRedirect(first.url)
    new_codes = made_for_others(staff, at=request.at)
    of_the_team = leavings(staff, at=request.at) or just_left(staff, at=request.at)
    if first is None and not (alarm_for(staff) or unwatched_for(staff) or of_the_team or new_codes):
        messages.info(request, _("Nothing waits for you any more: somebody was quicker."))
    return HttpResponseRedirect(reverse("inbox"))


@door(has_a_desk)
@require_POST
def once_more(request: DeskRequest) -> HttpResponse:
    """Have what was given up tried again, one kind of it; only by those who are shown it."""
    kind = request.POST.get("kind", "")
    if kind not in {one.kind for one in given_up(request.staff_member)}:
        raise Http404
    try_again(kind, by=request.staff_member.person_id, at=request.at)
    messages.success(request, _("It is being tried again."))
    return HttpResponseRedirect(reverse("inbox"))
