"""What leaves the queue of reports another way: a question about the policy; and copies, folded into one row."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import designated
from concord.reports.desk_views import back, find, who
from concord.reports.models import Report
from concord.reports.redirect_report import redirect_report

AT_ONCE = 500
"""Rows on one page of copies; when those are dealt with, the next ones come up."""


@door(designated)
@require_POST
def redirect(request: DeskRequest, report_id: UUID) -> HttpResponse:
    """It is a question about the policy; alone only if it alleges nothing."""
    found = find(request, report_id)
    redirect_report(
        found,
        reason=request.POST.get("reason", ""),
        alleges=request.POST.get("alleges") != "no",
        **who(request),
    )
    return back(found)


@door(designated)
@require_safe
def same(request: DeskRequest, report_id: UUID) -> HttpResponse:
    """Every waiting report in the same words that this person may see, one by one: none is dropped."""
    found = find(request, report_id)
    visible = Report.objects.visible_to(request.staff_member).waiting().defer("sealed")
    alike = visible.filter(text_token=found.text_token).order_by("-urgent", "received_at")
    page = {"report": found, "alike": alike[:AT_ONCE], "count": alike.count()}
    return render(request, "reports/desk_same.html", page)
