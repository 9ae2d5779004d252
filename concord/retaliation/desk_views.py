"""The desk's side of retaliation: two codes beside each other, and one question."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.retaliation.models import Attempt
from concord.retaliation.settle_attempt import dismiss_attempt, link_attempt
from concord.retaliation.who_may import reads_cases


@door(reads_cases)
@require_safe
def attempt(request: DeskRequest, attempt_id: UUID) -> HttpResponse:
    """What came in, and the older case it touches. Nothing of either is opened here."""
    return render(request, "retaliation/desk_attempt.html", {"attempt": _find(request, attempt_id)})


@door(reads_cases)
@require_POST
def link(request: DeskRequest, attempt_id: UUID) -> HttpResponse:
    """One follows from the other."""
    link_attempt(_find(request, attempt_id), by=request.staff_member, at=request.at)
    messages.success(request, _("Linked. Nobody else is told of the older case."))
    return HttpResponseRedirect(reverse("inbox"))


@door(reads_cases)
@require_POST
def dismiss(request: DeskRequest, attempt_id: UUID) -> HttpResponse:
    """It is something else."""
    dismiss_attempt(_find(request, attempt_id), by=request.staff_member, at=request.at)
    messages.success(request, _("Noted. These two are not put beside each other again."))
    return HttpResponseRedirect(reverse("inbox"))


def _find(request: DeskRequest, attempt_id: UUID) -> Attempt:
    visible = Attempt.objects.visible_to(request.staff_member)
    found = visible.select_related("case", "flag", "report").filter(id=attempt_id).first()
    if found is None:
        raise Http404
    return found
