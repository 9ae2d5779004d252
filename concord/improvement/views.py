"""The public side: somebody who reported says how it went, with their code."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from concord.doors import Request, anyone, door
from concord.improvement.forms import FeedbackForm
from concord.improvement.give_feedback import give_feedback, may_give
from concord.letterbox.session import current


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: Request) -> HttpResponse:
    """Three questions and a box, all of which may be left out; then thanks."""
    held = current(request, at=request.at)
    if held is None:
        return render(request, "reports/box_shut.html")
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        give_feedback(form.opinion, held=held, at=request.at)
        return render(request, "improvement/thanks.html")
    return render(request, "improvement/feedback.html", {"form": form, "may": may_give(held)})
