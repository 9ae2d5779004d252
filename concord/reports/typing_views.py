"""At the desk: take down what somebody told us, and hand them the code."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from concord.doors import door
from concord.monitoring.readers import outside_contact
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import designated
from concord.reports import promise
from concord.reports.type_in_report import type_in_report
from concord.reports.typing_form import TypingForm
from concord.reports.who_read import names_told


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def type_in(request: DeskRequest) -> HttpResponse:
    """The form; sent, the code on this one answer, to be handed over and not kept."""
    at = request.at
    receivers = promise.receivers(at)
    sent = request.POST if request.method == "POST" else None
    form = TypingForm(sent, receivers=receivers, at=at)
    contact = outside_contact(at)
    context = {"form": form, "outside": contact.name if contact else ""}
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "reports/desk_type_in.html", context, status=status)
    staff = request.staff_member
    receipt = type_in_report(
        form.told,
        nonce=form.nonce_sent,
        keep_out=form.kept_out,
        reads_on=form.reads_on,
        by=staff,
        at=at,
    )
    kept_out = [*form.kept_out, *([] if form.reads_on else [staff])]
    context |= {
        "code": receipt.code.replace("-", " "),
        "report": receipt.report,
        "box_path": reverse("report_box", urlconf=settings.ROOT_URLCONF),
        "readers": names_told(form.told, keep_out=kept_out, at=at),
    }
    return render(request, "reports/desk_typed_in.html", context)
