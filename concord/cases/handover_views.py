"""Passing a case on, taking one, being covered for ten minutes, and saying that one has it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.ask_for_deputy import OnlyItsCoordinatorAsks, ask_for_deputy
from concord.cases.conflicts import receivers_for
from concord.cases.cover_me import cover_me, have_it
from concord.cases.desk_views import find_case
from concord.cases.end_hand_over import end_hand_over
from concord.cases.hand_over import OnlyTheCoordinatorHandsOver, hand_over
from concord.cases.models import Case, Handover
from concord.cases.parties import conflicted
from concord.cases.presence import able_to_take, asked_by, is_live
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.vault import files

ANYBODY = "anybody"


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Ask one colleague by name, or whoever can."""
    case = find_case(request, case_id)
    staff = request.staff_member
    if staff != case.coordinator:
        raise OnlyTheCoordinatorHandsOver(subject=case.id)
    colleagues = _colleagues(request, case)
    if request.method != "POST":
        page = {"case": case, "colleagues": colleagues, "open": case.handovers.open().first()}
        return render(request, "cases/desk_hand_over.html", page)
    to = _chosen(request, colleagues)
    hand_over(case, to=to, by=staff, keyring=request.keyring, at=request.at)
    messages.success(request, _("They are asked. Until somebody takes it, it stays yours."))
    return HttpResponseRedirect(reverse("case", args=[case.id]))


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Ask one colleague, or whoever can, to be the second who can open it."""
    case = find_case(request, case_id)
    staff = request.staff_member
    if not (staff == case.coordinator or staff.is_lead):
        raise OnlyItsCoordinatorAsks(subject=case.id)
    colleagues = [one for one in _may_be_deputy(request, case) if one != case.coordinator]
    if request.method != "POST":
        page = {"case": case, "colleagues": colleagues, "open": case.handovers.open().first()}
        return render(request, "cases/desk_ask_for_deputy.html", page)
    to = _chosen(request, colleagues)
    ask_for_deputy(case, to=to, by=staff, keyring=request.keyring, at=request.at)
    messages.success(request, _("They are asked. Whoever says yes can open it from then on."))
    if files.may_open(case.file, staff.person_id):
        return HttpResponseRedirect(reverse("case", args=[case.id]))
    return HttpResponseRedirect(reverse("inbox"))


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Ten minutes away; and the line on the page of the case that says whether somebody has it."""
    case = find_case(request, case_id)
    if request.method != "POST":
        found = case.covers.filter(until_at__gt=request.at).last()
        return render(request, "cases/_cover.html", {"case": case, "cover": found})
    cover_me(case, by=request.staff_member, at=request.at)
    messages.success(request, _("Your deputy is asked. Stay until they have it, if you can."))
    return HttpResponseRedirect(reverse("case", args=[case.id]))


@door(works_on_cases)
@require_POST
def covered(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """The deputy says that they have it."""
    case = find_case(request, case_id)
    asked = case.covers.last()
    if asked is None:
        raise Http404
    have_it(asked, by=request.staff_member, at=request.at)
    messages.success(request, _("You look after it until your colleague is back."))
    return HttpResponseRedirect(reverse("case", args=[case.id]))


@door(works_on_cases)
@require_safe
def asked(request: DeskRequest, handover_id: UUID) -> HttpResponse:
    """What whoever is asked sees before they accept: a code, its age, who asks; nothing of what it holds."""
    handover = _find(request, handover_id)
    page = {
        "handover": handover,
        "case": handover.case,
        "live": is_live(handover.case),
        "may_take": _may_take(request, handover),
    }
    return render(request, "cases/desk_asked_to_take.html", page)


@door(works_on_cases)
@require_POST
def accept(request: DeskRequest, handover_id: UUID) -> HttpResponse:
    """Take it."""
    handover = accept_hand_over(_find(request, handover_id), by=request.staff_member, at=request.at)
    return HttpResponseRedirect(reverse("case", args=[handover.case_id]))


@door(works_on_cases)
@require_POST
def end(request: DeskRequest, handover_id: UUID) -> HttpResponse:
    """Keep it after all, or say that one cannot; nobody asks why."""
    handover = _find(request, handover_id)
    end_hand_over(handover, by=request.staff_member, at=request.at)
    if request.staff_member == handover.case.coordinator:
        return HttpResponseRedirect(reverse("case", args=[handover.case_id]))
    messages.success(request, _("All right. The coordinator asks somebody else."))
    return HttpResponseRedirect(reverse("inbox"))


def _may_take(request: DeskRequest, handover: Handover) -> bool:
    is_open = handover.accepted_at is None and handover.ended_at is None
    return is_open and request.staff_member in asked_by(handover, at=request.at)


def _find(request: DeskRequest, handover_id: UUID) -> Handover:
    visible = Case.objects.visible_to(request.staff_member)
    found = Handover.objects.select_related("case__coordinator", "case__deputy", "to", "former")
    handover = found.filter(id=handover_id, case__in=visible).first()
    if handover is None:
        raise Http404
    return handover


def _chosen(request: DeskRequest, colleagues: list[StaffMember]) -> StaffMember | None:
    """The one who was named, or None for whoever can."""
    wanted = request.POST.get("to", ANYBODY)
    to = next((one for one in colleagues if str(one.id) == wanted), None)
    if to is None and wanted != ANYBODY:
        raise Http404
    return to


def _may_be_deputy(request: DeskRequest, case: Case) -> list[StaffMember]:
    """For whoever can open it, newcomers as well; for a lead who cannot, those who have its row."""
    if files.may_open(case.file, request.staff_member.person_id):
        return _colleagues(request, case)
    return able_to_take(case, at=request.at)


def _colleagues(request: DeskRequest, case: Case) -> list[StaffMember]:
    """Receivers without a conflict; those on call first."""
    out = set(case.recusals.values_list("person", flat=True)) | {request.staff_member.person_id}
    reports = [source.report for source in case.sources.select_related("report") if source.report]
    about = conflicted(case, keyring=request.keyring)
    able = receivers_for(reports=reports, about=about, at=request.at, case=case)
    return [staff for staff in able if staff.person_id not in out]
