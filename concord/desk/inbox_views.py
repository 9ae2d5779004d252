"""The inbox: what this person can do next, then everything that waits for them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.actions.watch_audit import alarm_for
from concord.desk.waiting import waiting_for
from concord.desk.who_may import has_a_desk
from concord.doors import door
from concord.people.at_the_desk import DeskRequest


@door(has_a_desk)
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """Rows by code, urgency and age. What they hold is read only when they are opened."""
    staff = request.staff_member
    context = {
        "waiting": waiting_for(staff, at=request.at),
        "staff": staff,
        "now": request.at,
        "audit_alarm": alarm_for(staff),
    }
    return render(request, "desk/inbox.html", context)
