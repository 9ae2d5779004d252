"""Putting two cases together, and linking them instead."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.cases.desk_views import find_case
from concord.cases.merge_cases import merge_cases
from concord.cases.models import OVER, Case
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Choose the other among one's own open cases; by code."""
    case = find_case(request, case_id)
    others = {str(one.id): one for one in _others(request, case)}
    if request.method != "POST" or not request.POST.get("other"):
        page = {"case": case, "others": others.values()}
        return render(request, "cases/desk_merge.html", page)
    other = others.get(request.POST["other"])
    if other is None:
        raise Http404
    whole = merge_cases(
        case, other=other, by=request.staff_member, keyring=request.keyring, at=request.at
    )
    messages.success(request, _("They are one case now. Both codes lead to it."))
    return HttpResponseRedirect(reverse("case", args=[whole.id]))


def _others(request: DeskRequest, case: Case) -> list[Case]:
    staff = request.staff_member
    seats = Q(coordinator=staff) | Q(deputy=staff)
    open_now = Case.objects.visible_to(staff).filter(seats).exclude(state__in=OVER)
    return list(open_now.exclude(id=case.id))
