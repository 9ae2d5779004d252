"""The policy contact: a way to ask about the policy, apart from the way to report. No account, no script."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, anyone, door
from concord.letterbox import session
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.reports.add_words import add_words
from concord.reports.ask_more import ask_more
from concord.reports.asked import NothingAsked
from concord.reports.models import Question, Report
from concord.reports.question_forms import QuestionForm
from concord.reports.receive_question import receive_question


# Without CSRF's cookie, as on the report form: it acts for nobody, and leaves nothing in this browser.
@csrf_exempt
@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request) -> HttpResponse:
    """The form; sent, the code, shown on this one answer."""
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "reports/ask.html", {"form": form}, status=status)
    received = receive_question(
        form.asked, nonce=form.nonce_sent, suspect=form.is_suspect, at=request.at
    )
    context = {"code": received.code.replace("-", " "), "question": received.question}
    return render(request, "reports/ask_code.html", context)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_box(request: Request) -> HttpResponse:
    """What lies behind the code of a question. One that became a report is found where reports are."""
    if request.method == "POST":
        if session.hold(request, request.POST.get("code", ""), at=request.at):
            return HttpResponseRedirect(reverse("ask_box"))
        return render(request, "reports/ask_box_shut.html", {"wrong": True})
    held, known = _held_question(request)
    if held is not None and Report.objects.filter(box=held.box.id).exists():
        return HttpResponseRedirect(reverse("report_box"))
    if held is None or known is None:
        return render(request, "reports/ask_box_shut.html")
    return _box(request, known, held=held)


@door(anyone)
@require_POST
def ask_add(request: Request) -> HttpResponse:
    """Ask further."""
    held, known = _held_question(request)
    words = request.POST.get("words", "").replace("\0", "").replace("\r\n", "\n")
    report = Report.objects.filter(box=held.box.id).first() if held else None
    if report is not None and words.strip():
        add_words(report, words, at=request.at)  # it has become one while they wrote
        return HttpResponseRedirect(reverse("report_box") + "?added")
    if held is None or known is None:
        return render(request, "reports/ask_box_shut.html", {"words": words})
    try:
        ask_more(known, words, at=request.at)
    except NothingAsked as nothing:
        return _box(request, known, held=held, error=nothing.words)
    return HttpResponseRedirect(reverse("ask_box") + "?added")


@door(anyone)
@require_POST
def ask_close(request: Request) -> HttpResponse:
    """Close the box in this browser."""
    session.drop(request)
    return HttpResponseRedirect(reverse("ask_box"))


def _held_question(request: Request) -> tuple[Held | None, Question | None]:
    held = session.current(request, at=request.at)
    return held, Question.objects.filter(box=held.box.id).first() if held else None


def _box(request: Request, known: Question, *, held: Held, error: Any = "") -> HttpResponse:
    said = [
        {"text": each.plaintext.decode(), "at": each.pushed_at, "mine": each.kind == "said"}
        for each in read(held.box, held.code)
        if each.kind in ("said", "answer")
    ]
    context = {
        "question": known,
        "said": said,
        "has_answer": not all(each["mine"] for each in said),
        "error": error,
        "added": "added" in request.GET,
    }
    return render(request, "reports/ask_box.html", context)
