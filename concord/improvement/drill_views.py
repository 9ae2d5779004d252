"""Drills at the desk: what they found so far, and the one that is on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.convenings.beside_roster import Lent, beside_roster
from concord.convenings.models import Convening, State
from concord.doors import door
from concord.improvement.drill_chart import bars, in_words
from concord.improvement.end_drill import end_drill
from concord.improvement.measure import SHOWN, medians
from concord.improvement.models import Drill, DrillRecord
from concord.improvement.start_drill import start_drill
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.people.who_may import lead, staff


@beside_roster
def drills(convening: Convening, reader: StaffMember, at: datetime) -> Lent:
    """What stands beside the roster: the newest drills as a chart and as numbers, and the way to hold another."""
    records = list(DrillRecord.objects.all()[:SHOWN])
    return "improvement/_desk_drills.html", {
        "convening": convening,
        "records": records,
        "bars": bars(records[::-1]),
        "told": in_words(records),
        "medians": medians(records),
        "on": Drill.objects.first(),
        "may_start": reader.is_lead and convening.state != State.ENDED,
        "may_end": reader.may_plan,
    }


@door(lead)
@require_POST
def start(request: DeskRequest, slug: str) -> HttpResponse:
    """Start one, for this event."""
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    start_drill(convening, by=request.staff_member, at=request.at)
    messages.success(request, _("The drill is on. Those on call are being asked to come."))
    return redirect("roster", slug)


@door(staff)
@require_POST
def end(request: DeskRequest) -> HttpResponse:
    """End the one that is on."""
    drill = Drill.objects.first()
    if drill is not None:
        end_drill(drill, by=request.staff_member, at=request.at)
    return redirect("drill_over")


@door(staff)
@require_safe
def over(request: DeskRequest, within: str = "") -> HttpResponse:
    """Where pages of a drill lead once it is over."""
    newest: Any = DrillRecord.objects.first()
    return render(request, "improvement/desk_drill_over.html", {"newest": newest})
