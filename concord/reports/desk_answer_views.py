"""Answer whoever reported: begin from a text, say it in one's own words, take it back while it is on its way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from concord import refusals
from concord.doors import Request, door
from concord.people.who_may import designated
from concord.refusals import Refused
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.answer_report import answer_report
from concord.reports.answer_templates import begin
from concord.reports.desk_views import back, find, shown, who
from concord.reports.models import Report
from concord.reports.read_report import told_in
from concord.reports.take_back_answer import take_back_answer


@door(designated)
@require_POST
def answer(request: Request, report_id: UUID) -> HttpResponse:
    """Answer the reporter, or note that they want no contact. Whatever is refused, the words stay in the form."""
    found = find(request, report_id)
    text = request.POST.get("answer", "").replace("\0", "").replace("\r\n", "\n")
    if "insert" in request.POST:
        return _begin(request, found, text)
    try:
        if "no_contact" in request.POST:
            acknowledge_report(found, answer=None, **who(request))
        else:
            meant = request.POST.getlist("meant")
            answer_report(found, answer=text, meant=meant, **who(request))
    except Refused as refused:
        refusals.tell(refused, actor=who(request)["by"].person_id, at=request.at)
        return _refused(request, found, text, refused)
    return back(found, "#underway")


@door(designated)
@require_POST
def take_back(request: Request, report_id: UUID) -> HttpResponse:
    """Its words are in the form again; nobody has read them."""
    found = find(request, report_id)
    try:
        text = take_back_answer(found, **who(request))
    except Refused as refused:
        refusals.tell(refused, actor=who(request)["by"].person_id, at=request.at)
        return _refused(request, found, "", refused)
    return shown(request, found, answer=text, taken_back=True)


def _begin(request: Request, found: Report, text: str) -> HttpResponse:
    """A template in the reporter's language, below what had been typed."""
    language = told_in(found, keyring=who(request)["keyring"]).language
    with_it = begin(request.POST.get("insert", ""), language=language, after=text)
    return shown(request, found, answer=with_it)


def _refused(request: Request, found: Report, text: str, refused: Refused) -> HttpResponse:
    extra: dict[str, Any] = {
        "refused": refused,
        "findings": getattr(refused, "findings", []),
        "elsewhere": getattr(refused, "found", []),
    }
    return shown(request, found, answer=text, status=refused.status, **extra)
