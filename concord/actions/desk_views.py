"""The desk's side of requests to look again: take one on, answer it, say what comes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from concord.actions.answer_review import answer_review
from concord.actions.assign_review import assign_review
from concord.actions.decide_review import decide_review, outcomes_of
from concord.actions.forms import OutcomeForm
from concord.actions.looked_at import case_of, may_look
from concord.actions.models import UNDECIDED, ReviewRequest
from concord.actions.read_reply import may_write
from concord.actions.read_review import read_reason, read_review
from concord.actions.who_asks import steps_of_each
from concord.actions.who_may import reads_reviews
from concord.concurrence.briefing import names_of
from concord.concurrence.models import Decision
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused, tell
from concord.vault import files


@door(reads_reviews)
@require_safe
def review(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """One request: what they wrote, until when an answer was promised, and what can be done."""
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


@door(reads_reviews)
@require_POST
def take_on(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """Say which decision it is about, and take it on, or pass it to somebody without a part in it.

    Where a report tells what it is about, nothing is chosen.
    """
    found = _find(request, review_id)
    visible = Decision.objects.visible_to(request.staff_member)
    wanted = _id(request.POST.get("decision", ""))
    decision = visible.filter(id=wanted).first() if wanted else None
    if decision is None and (found.report is None or found.decision is not None):
        raise Http404
    assign_review(
        found,
        decision=decision,
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
    )
    still = ReviewRequest.objects.visible_to(request.staff_member).filter(id=review_id)
    return redirect("review_request", review_id) if still.exists() else redirect("inbox")


@door(reads_reviews)
@require_POST
def decide(request: DeskRequest, review_id: UUID) -> HttpResponse:
    """What comes of it."""
    found = _find(request, review_id)
    form = _form_for(found, request, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        decide_review(
            found,
            by=request.staff_member.person_id,
            keyring=request.keyring,
            at=request.at,
            **form.decided,
        )
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        form.add_error(None, str(refused.words))
        return _page(request, found, form=form, status=refused.status)
    return redirect("review_request", review_id)


def _find(request: DeskRequest, review_id: UUID) -> ReviewRequest:
    found = (
        ReviewRequest.objects.visible_to(request.staff_member)
        .select_related("decision__case", "decision__execution", "report")
        .filter(id=review_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _form_for(found: ReviewRequest, request: DeskRequest, data: Any = None) -> OutcomeForm:
    person = request.staff_member.person_id
    return OutcomeForm(
        data,
        not_me=found.kind == "not_me",
        of_nothing=found.decision is None and found.report is not None,
        may_restore=found.decision is not None and files.may_open(found.decision.file, person),
        each=steps_of_each(found, at=request.at),
    )


def _page(
    request: DeskRequest,
    found: ReviewRequest,
    *,
    typed: str = "",
    refused: Refused | None = None,
    form: OutcomeForm | None = None,
    status: int = 0,
) -> HttpResponse:
    staff = request.staff_member
    asked = read_review(found, keyring=request.keyring, at=request.at)
    is_open, is_theirs = found.state in UNDECIDED, found.reviewer == staff.person_id
    may_take = (
        is_open
        and not is_theirs
        and may_look(staff.person_id, found, keyring=request.keyring, at=request.at)
    )
    case, told = case_of(found), found.report
    names_nothing = is_open and not (found.decision or told)
    in_force, over = _choices(request, found) if names_nothing else ([], [])
    context = {
        "found": found,
        "asked": asked,
        "case": case if case and files.may_open(case.file, staff.person_id) else None,
        "told": told if told and files.may_open(told.file, staff.person_id) else None,
        "of_nothing": found.decision is None and told is not None,
        "is_late": found.answered_at is None and found.answer_due_at <= request.at,
        "is_open": is_open,
        "is_theirs": is_theirs,
        "may_take": may_take,
        "may_write": may_write(found, staff.person_id),
        "reviewer": names_of(found.reviewer).get(found.reviewer) if found.reviewer else "",
        "form": form or (_form_for(found, request) if is_open and is_theirs else None),
        "decisions": in_force,
        "over": over,
        "outcome": outcomes_of(found).get(found.state, ""),
        "reason": read_reason(found, keyring=request.keyring) if not is_open else "",
        "typed": typed,
        "refused": refused,
    }
    status = refused.status if refused else status or 200
    return render(request, "actions/desk_review.html", context, status=status)


def _choices(request: DeskRequest, found: ReviewRequest) -> tuple[list[Decision], list[Decision]]:
    """The decisions that this person may see, in force, and over since: it is about one of them.

    As long as one may ask, before the day on which they did; what runs out while they wait stays among them.
    """
    since = found.filed_at - timedelta(days=settings.CONCORD_REVIEW_DAYS)
    visible = Decision.objects.visible_to(request.staff_member)
    in_force = visible.in_force(request.at)
    made = visible.not_over(since).filter(made_at__lte=request.at)
    over = made.exclude(id__in=in_force.values("id"))
    return list(in_force), list(over)


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
