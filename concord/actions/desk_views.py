"""The desk's side of requests to look again."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from concord.actions.answer_review import answer_review
from concord.actions.models import ReviewRequest
from concord.actions.read_review import read_review
from concord.actions.who_may import reads_reviews
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused, tell


@door(reads_reviews)
@require_safe
def review(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """One request: what they wrote, and until when an answer was promised."""
    return _page(request, _find(request, review_id))


@door(reads_reviews)
@require_POST
def answer(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """Answer them; what was typed is kept when it cannot go."""
    found = _find(request, review_id)
    typed = request.POST.get("answer", "").replace("\0", "")
    try:
        answer_review(
            found, answer=typed, by=request.staff_member, keyring=request.keyring, at=request.at
        )
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        return _page(request, found, typed=typed, refused=refused)
    return redirect("review_request", review_id)


def _find(request: DeskRequest, review_id: UUID) -> ReviewRequest:
    found = ReviewRequest.objects.visible_to(request.staff_member).filter(id=review_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: DeskRequest, found: ReviewRequest, *, typed: str = "", refused: Refused | None = None
) -> HttpResponse:
    asked = read_review(found, keyring=request.keyring, at=request.at)
    context = {
        "found": found,
        "asked": asked,
        "is_late": found.answered_at is None and found.answer_due_at <= request.at,
        "typed": typed,
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "actions/desk_review.html", context, status=status)
