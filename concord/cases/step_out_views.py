"""Stepping out: of what came in, from its own page; and by a lead, who takes a colleague out of a case by its code."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.cases.forms import TakeOutForm
from concord.cases.models import Case, NoAction
from concord.cases.recuse import recuse
from concord.cases.step_out import step_out
from concord.cases.who_may import judges, leads, may_agree, reads_reports
from concord.doors import door
from concord.monitoring.models import Flag
from concord.people.at_the_desk import DeskRequest
from concord.people.declare_tie import declare_tie
from concord.reports.models import Report


@door(judges)
@require_http_methods(["GET", "HEAD", "POST"])
def out_of_flag(request: DeskRequest, flag_id: UUID) -> HttpResponse:
    """Out of a flag; and, when they tick it, of all that is about whoever wrote what was flagged."""
    found = Flag.objects.visible_to(request.staff_member).filter(id=flag_id)
    flag = found.select_related("post__registration__person").first()
    if flag is None:
        raise Http404
    back = reverse("flag", args=[flag.id])
    writer = flag.post.registration if flag.post else None
    if request.method != "POST":
        return _sure(request, flag.code, back, writer=writer is not None)
    member = request.staff_member
    with transaction.atomic():
        step_out(flag, by=member, keyring=request.keyring, at=request.at)
        if writer and request.POST.get("writer") == "yes":
            declare_tie(
                member,
                person=writer.person,
                called=writer.display_name,
                keyring=request.keyring,
                at=request.at,
            )
    return _out(request)


@door(reads_reports)
@require_http_methods(["GET", "HEAD", "POST"])
def out_of_report(request: DeskRequest, report_id: UUID) -> HttpResponse:
    """Out of a report."""
    report = Report.objects.visible_to(request.staff_member).filter(id=report_id).first()
    if report is None:
        raise Http404
    if request.method != "POST":
        return _sure(request, report.code, reverse("staff_report", args=[report.id]))
    step_out(report, by=request.staff_member, keyring=request.keyring, at=request.at)
    return _out(request)


@door(may_agree)
@require_http_methods(["GET", "HEAD", "POST"])
def out_of_no_action(request: DeskRequest, decided_id: UUID) -> HttpResponse:
    """Whoever is asked whether a case is left as it is, and is close to somebody in it."""
    decided = NoAction.objects.visible_to(request.staff_member).filter(id=decided_id).first()
    if decided is None:
        raise Http404
    if request.method != "POST":
        return _sure(request, decided.case.code, reverse("no_action", args=[decided.id]))
    member = request.staff_member
    recuse(decided.case, who=member.person_id, by=member, keyring=request.keyring, at=request.at)
    return _out(request)


@door(leads)
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: DeskRequest) -> HttpResponse:
    """A lead takes somebody out of a case whose row they see, by its code. It says nothing of what it is about."""
    member = request.staff_member
    form = TakeOutForm(
        request.POST or None,
        staff=member,
        cases=Case.objects.visible_to(member).filter(merged_into=None),
        at=request.at,
    )
    if request.method == "POST" and form.is_valid():
        who = form.cleaned_data["who"]
        recuse(
            form.cleaned_data["case"],
            who=who.person_id,
            by=member,
            keyring=request.keyring,
            at=request.at,
        )
        messages.success(request, _("Done. From now on that case is not there for them."))
        return HttpResponseRedirect(reverse("take_out"))
    status = 422 if form.is_bound else 200
    return render(request, "cases/desk_take_out.html", {"form": form}, status=status)


def _sure(request: HttpRequest, code: str, back: str, *, writer: bool = False) -> HttpResponse:
    page = {"code": code, "back": back, "writer": writer}
    return render(request, "cases/desk_step_out.html", page)


def _out(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("You are out of it. Your colleagues go on."))
    return HttpResponseRedirect(reverse("inbox"))
