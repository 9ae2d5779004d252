"""The desk's side of requests to look again."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.actions.models import ReviewRequest
from concord.actions.read_review import read_review
from concord.actions.who_may import reads_reviews
from concord.doors import door
from concord.people.at_the_desk import DeskRequest


@door(reads_reviews)
@require_safe
def review(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """One request: what they wrote, and until when an answer was promised."""
    found = ReviewRequest.objects.visible_to(request.staff_member).filter(id=review_id).first()
    if found is None:
        raise Http404
    asked = read_review(found, keyring=request.keyring, at=request.at)
    context = {
        "found": found,
        "asked": asked,
        "is_late": found.answered_at is None and found.answer_due_at <= request.at,
    }
    return render(request, "actions/desk_review.html", context)
