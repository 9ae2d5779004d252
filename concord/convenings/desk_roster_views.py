"""The roster of an event at the desk: who is on call when, what is not covered, and who has accepted that."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.convenings.accept_gaps import accept_gaps
from concord.convenings.at_the_door import last_drill, last_test
from concord.convenings.beside_roster import all_beside
from concord.convenings.chart import HOURS, chart
from concord.convenings.coverage import (
    CAP,
    OVERLAP,
    Gap,
    coverage,
    too_long,
    uncovered,
    without_overlap,
)
from concord.convenings.forms import AcceptForm, ShiftForm
from concord.convenings.models import Acceptance, Convening
from concord.convenings.note_channel_test import note_channel_test
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.end_shift import end_shift
from concord.people.models import Shift, StaffMember
from concord.people.plan_shift import plan_shift
from concord.people.who_may import lead, organiser, receiver, staff
from concord.refusals import Refused


@door(staff)
@require_safe
def roster(request: DeskRequest, slug: str) -> HttpResponse:
    """Who is on call for this event; everybody of the team may look."""
    return _page(request, _convening(slug))


@door(organiser)
@require_POST
def add_shift(request: DeskRequest, slug: str) -> HttpResponse:
    """Put somebody on call for an event."""
    convening = _convening(slug)
    form = ShiftForm(request.POST, staff=_who_can_be_on_call(request))
    if form.is_valid():
        times = {key: form.cleaned_data[key] for key in ("starts_at", "ends_at")}
        for_all = form.cleaned_data["for_every_event"]
        try:
            plan_shift(
                form.cleaned_data["staff"],
                convening=None if for_all else convening.id,
                by=request.staff_member,
                at=request.at,
                **times,
            )
            if for_all:
                messages.success(request, _("Planned, for every event in these hours."))
            return redirect("roster", slug)
        except Refused as refused:
            form.add_error(None, str(refused.words))
    return _page(request, convening, shift_form=form)


@door(organiser)
@require_POST
def end_a_shift(request: DeskRequest, slug: str, shift_id: int) -> HttpResponse:
    """Somebody is not on call after all, or no longer; for every event, where they were planned so."""
    convening = _convening(slug)
    shift = _shifts(convening).filter(id=shift_id).first()
    if shift is None:
        raise Http404
    end_shift(shift, by=request.staff_member, at=request.at)
    return redirect("roster", slug)


@door(lead)
@require_POST
def accept(request: DeskRequest, slug: str) -> HttpResponse:
    """A lead accepts in writing what is not covered."""
    convening, form = _convening(slug), AcceptForm(request.POST)
    if form.is_valid():
        accept_gaps(
            convening, reason=form.cleaned_data["reason"], by=request.staff_member, at=request.at
        )
        messages.success(request, _("Accepted. Whatever opens besides has to be accepted anew."))
        return redirect("roster", slug)
    return _page(request, convening, accept_form=form)


@door(receiver)
@require_POST
def channel_tested(request: DeskRequest, slug: str) -> HttpResponse:
    """A test report has arrived."""
    convening = _convening(slug)
    note_channel_test(by=request.staff_member, at=request.at)
    return redirect("roster", convening.slug)


def _page(request: DeskRequest, convening: Convening, **more: Any) -> HttpResponse:
    zone = ZoneInfo(convening.zone)
    stretches = coverage(convening, after=request.at)
    shifts = list(_shifts(convening))
    accepted = list(convening.acceptances.all())
    page = {
        "convening": convening,
        "now": request.at,
        "stretches": stretches,
        "days": chart(stretches, zone=zone),
        "hours": HOURS,
        "gaps": uncovered(convening, after=request.at),
        "long": _with_who(too_long(convening, after=request.at)),
        "hurried": without_overlap(convening, after=request.at),
        "accepted": _with_names(accepted),
        "shifts": [(one, one.ends_at - one.starts_at > CAP + OVERLAP) for one in shifts],
        "may_plan": organiser(request),
        "may_accept": lead(request),
        "may_test": receiver(request),
        "tested_at": last_test(request.at),
        "drill": last_drill(request.at),
        "beside": all_beside(convening, staff=request.staff_member, at=request.at),
        "shift_form": ShiftForm(
            staff=_who_can_be_on_call(request), initial={"zone": convening.zone}
        ),
        "accept_form": AcceptForm(),
        "zones": sorted(available_timezones()),
        **more,
    }
    return render(request, "convenings/desk_roster.html", page)


def _shifts(convening: Convening) -> QuerySet[Shift]:
    """Those for this event, and those for all that touch it."""
    ours = Shift.objects.filter(convening=convening.id)
    for_all = Shift.objects.filter(
        convening__isnull=True, starts_at__lt=convening.ends_at, ends_at__gt=convening.starts_at
    )
    found = (ours | for_all).select_related("staff")
    return found.order_by("starts_at", "staff__working_name")


def _with_names(accepted: list[Acceptance]) -> list[tuple[Acceptance, str]]:
    names = dict(
        StaffMember.objects.filter(person__in=[one.accepted_by for one in accepted]).values_list(
            "person_id", "working_name"
        )
    )
    return [(one, names.get(one.accepted_by, "")) for one in accepted]


def _with_who(gaps: list[Gap]) -> list[tuple[Gap, str]]:
    found = StaffMember.objects.filter(person__in=[gap.who for gap in gaps])
    names = {str(person): name for person, name in found.values_list("person_id", "working_name")}
    return [(gap, names.get(gap.who, "")) for gap in gaps]


def _who_can_be_on_call(request: DeskRequest) -> Any:
    return StaffMember.objects.current(request.at).on_the_roster().order_by("working_name")


def _convening(slug: str) -> Convening:
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    return convening
