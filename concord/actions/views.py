"""The public way to answer a loss of access: no account, no script."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from concord.access.review_pass import named_by
from concord.actions.ask_review import ask_review
from concord.actions.forms import ReviewForm
from concord.actions.models import ReviewRequest
from concord.actions.result_words import result_words
from concord.actions.review_reference import executions_named_by
from concord.doors import Request, anyone, door
from concord.letterbox import session
from concord.letterbox.read import read
from concord.reports.models import Report


# Without CSRF's cookie, as on the report form: it acts for nobody, and leaves nothing in this browser.
@csrf_exempt
@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request) -> HttpResponse:
    """The form; sent, the code, shown on this one answer. Sent twice, it is the same request and code."""
    report = _report_behind(request)
    if request.method != "POST":
        told = {name: request.GET[name] for name in ("of", "kind") if name in request.GET}
        return _form(request, ReviewForm(initial=told, report=report), of=told.get("of", ""))
    form = ReviewForm(request.POST, report=report)
    if not form.is_valid():
        return _form(request, form, of=form.data.get("of", ""), status=422)
    code, asked = ask_review(at=request.at, **form.asked)
    return render(request, "actions/review_code.html", {"code": code, "asked": asked})


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: Request) -> HttpResponse:
    """The code opens the box: what is still to come, and the answer once it is there."""
    if request.method == "POST":
        if session.hold(request, request.POST.get("code", ""), at=request.at):
            return redirect("review_box")
        return render(request, "actions/review_box_shut.html", {"wrong": True})
    held = session.current(request, at=request.at)
    asked = ReviewRequest.objects.filter(box=held.box.id).first() if held else None
    if held is None or asked is None:
        return render(request, "actions/review_box_shut.html")
    answers = [
        {
            "said": result_words(answer.kind),
            "text": answer.plaintext.decode(),
            "at": answer.pushed_at,
        }
        for answer in read(held.box, held.code)
    ]
    return render(request, "actions/review_box.html", {"asked": asked, "answers": answers})


@door(anyone)
@require_POST
def close_box(request: Request) -> HttpResponse:
    """Close the box in this browser."""
    session.drop(request)
    return redirect("review_box")


def _report_behind(request: Request) -> UUID | None:
    """The report whose private page is open in this browser, if one is."""
    held = session.current(request, at=request.at)
    if held is None:
        return None
    return Report.objects.filter(box=held.box.id).values_list("id", flat=True).first()


def _form(request: Request, form: ReviewForm, *, of: str, status: int = 200) -> HttpResponse:
    """The form says who reads it: nobody who decided, when the way here told which decision it was."""
    named = named_by(of) is not None or bool(executions_named_by(of)) or bool(form.report)
    page = {"form": form, "named": named, "days": settings.CONCORD_REVIEW_DAYS}
    return render(request, "actions/review.html", page, status=status)
