"""The desk's side of questions about the policy: read one, answer it, see that it is really a report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.people.who_may import designated
from concord.refusals import Refused, tell
from concord.reports.answer_question import answer_question
from concord.reports.forms import staff_ticked
from concord.reports.models import Question, Report
from concord.reports.question_forms import TurningForm
from concord.reports.read_question import read_question
from concord.reports.turn_into_report import IsAReport, turn_into_report


@door(designated)
@require_safe
def question(request: DeskRequest, question_id: UUID) -> HttpResponse:
    """One question: what was asked, what was said since, and what can be done."""
    return _page(request, _find(request, question_id))


@door(designated)
@require_POST
def answer(request: DeskRequest, question_id: UUID) -> HttpResponse:
    """Answer it; what was typed is kept when it cannot go."""
    found = _find(request, question_id)
    typed = request.POST.get("answer", "").replace("\0", "").replace("\r\n", "\n")
    try:
        answer_question(found, answer=typed, **_who(request))
    except IsAReport:
        raise
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        return _page(request, found, typed=typed, refused=refused)
    return HttpResponseRedirect(reverse("policy_question", args=[found.id]))


@door(designated)
@require_POST
def turn(request: DeskRequest, question_id: UUID) -> HttpResponse:
    """It is really a report: from this press on only those who may read reports read it."""
    report = turn_into_report(
        _find(request, question_id),
        about_team="about_team" in request.POST,
        keep_out=staff_ticked(request.POST),
        **_who(request),
    )
    messages.success(request, _("It is a report now. Whoever may read reports has it."))
    if Report.objects.visible_to(request.staff_member).filter(id=report.id).exists():
        return HttpResponseRedirect(reverse("staff_report", args=[report.id]))
    return HttpResponseRedirect(reverse("inbox"))


def _page(
    request: DeskRequest, found: Question, *, typed: str = "", refused: Refused | None = None
) -> HttpResponse:
    current = StaffMember.objects.who_may_concur(request.at).order_by("working_name")
    context = {
        "question": found,
        "opened": read_question(found, **_who(request)),
        "turning": TurningForm(staff=list(current)),
        "is_late": found.answered_at is None and found.answer_by <= request.at,
        "typed": typed,
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "reports/desk_question.html", context, status=status)


def _find(request: DeskRequest, question_id: UUID) -> Question:
    visible = Question.objects.visible_to(request.staff_member)
    found = visible.select_related("report").filter(id=question_id).first()
    if found is None:
        raise Http404
    return found


def _who(request: DeskRequest) -> dict[str, Any]:
    """By whom, with which keys, and when: what every verb is told."""
    return {"by": request.staff_member, "keyring": request.keyring, "at": request.at}
