"""The desk's side: what people thought, where enough of them said it, and what the team learned."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from concord.doors import Request, door
from concord.improvement.count_closed import counted
from concord.improvement.forms import ANSWERS, FeedbackForm, LessonForm
from concord.improvement.models import Lesson
from concord.improvement.note_lesson import note_lesson
from concord.improvement.summary import ENOUGH, Quarter, lessons, quarters
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.who_may import designated
from concord.policy.violations import GROUNDS, KINDS


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def learned(request: Request) -> HttpResponse:
    """Feedback by quarters, and the log."""
    form = LessonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        staff = cast("StaffMember", staff_of(request))  # the door let in nobody else
        kind = Lesson.Kind(form.cleaned_data["kind"])
        note_lesson(form.cleaned_data["text"], kind=kind, by=staff, at=request.at)
        return HttpResponseRedirect(reverse("learned"))
    context = {
        "quarters": [
            (one, _in_words(one)) for one in quarters(keyring=request.keyring, at=request.at)
        ],
        "counted": _closed(request),
        "lessons": lessons(keyring=request.keyring),
        "form": form,
        "enough": ENOUGH,
    }
    return render(request, "improvement/desk_learned.html", context)


def _closed(request: Request) -> list[tuple[date, list[tuple[object, int]]]]:
    """What closed cases were about, in words, in the order of the policy."""
    words: dict[str, object] = {**{one.code: one.name for one in KINDS.values()}, **GROUNDS}
    return [
        (quarter, [(words[code], found[code]) for code in words if code in found])
        for quarter, found in counted(at=request.at).items()
    ]


def _in_words(quarter: Quarter) -> list[tuple[object, list[tuple[object, int]]]]:
    """Each question with its answers; no numbers for one with a small number among them."""
    answers = [each for each in ANSWERS if each[0]]
    fields = FeedbackForm.base_fields
    return [
        (fields[question].label, [(words, counts[code]) for code, words in answers if counts])
        for question, counts in quarter.counts.items()
    ]
