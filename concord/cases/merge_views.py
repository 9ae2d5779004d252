"""Putting two cases together, and linking them instead."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.cases.desk_views import find_case
from concord.cases.keeping import linked_to
from concord.cases.link_cases import say_they_belong
from concord.cases.merge_cases import merge_cases
from concord.cases.models import OVER, Case, State
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.vault.sight import is_open_to


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Choose the other among one's own open cases; or one that it belongs with, among all one can open; by code."""
    case = find_case(request, case_id)
    others = {str(one.id): one for one in _others(request, case)}
    if request.method != "POST" or not request.POST.get("other"):
        page = {"case": case, "others": others.values(), "beside": _beside(request, case)}
        return render(request, "cases/desk_merge.html", page)
    other = others.get(request.POST["other"])
    if other is None:
        raise Http404
    whole = merge_cases(
        case, other=other, by=request.staff_member, keyring=request.keyring, at=request.at
    )
    messages.success(request, _("They are one case now. Both codes lead to it."))
    return HttpResponseRedirect(reverse("case", args=[whole.id]))


@door(works_on_cases)
@require_POST
def belongs(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """They belong together, and stay two."""
    case = find_case(request, case_id)
    beside = {str(one.id): one for one in _beside(request, case)}
    other = beside.get(request.POST.get("other", ""))
    if other is None:
        raise Http404
    say_they_belong(case, other=other, by=request.staff_member, at=request.at)
    messages.success(
        request, _("They belong together. Each leads to the other, for whoever reads both.")
    )
    return HttpResponseRedirect(reverse("case", args=[case.id]))


def _others(request: DeskRequest, case: Case) -> list[Case]:
    staff = request.staff_member
    seats = Q(coordinator=staff) | Q(deputy=staff)
    open_now = Case.objects.visible_to(staff).filter(seats).exclude(state__in=OVER)
    return [] if case.state in OVER else list(open_now.exclude(id=case.id))


def _beside(request: DeskRequest, case: Case) -> list[Case]:
    """What they can open, closed or not, and what it is not linked to yet."""
    linked = [one.id for one in linked_to(case, staff=request.staff_member)]
    theirs = Case.objects.filter(is_open_to(request.staff_member.person_id))
    gone = [State.MERGED, State.PURGED]
    return list(theirs.exclude(state__in=gone).exclude(id__in=[case.id, *linked]))
