"""The public way to answer a loss of access: no account, no script."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from concord.access.gate import shut_named_by
from concord.actions.ask_review import ask_review
from concord.actions.forms import ReviewForm
from concord.doors import Request, anyone, door


# Without CSRF's cookie, as on the report form: it acts for nobody, and leaves nothing in this browser.
@csrf_exempt
@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request) -> HttpResponse:
    """The form; sent, the code, shown on this one answer. Sent twice, it is the same request and code."""
    if request.method != "POST":
        told = {name: request.GET[name] for name in ("of", "kind") if name in request.GET}
        return _form(request, ReviewForm(initial=told), of=told.get("of", ""))
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _form(request, form, of=form.data.get("of", ""), status=422)
    code, asked = ask_review(at=request.at, **form.asked)
    return render(request, "actions/review_code.html", {"code": code, "asked": asked})


def _form(request: Request, form: ReviewForm, *, of: str, status: int = 200) -> HttpResponse:
    """The form says who reads it: nobody who decided, when the way here told which decision it was."""
    page = {"form": form, "named": shut_named_by(of) is not None}
    return render(request, "actions/review.html", page, status=status)
