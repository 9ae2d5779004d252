"""Requests to look again behind the outside contact's door: when nobody on the team is without a part."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from concord.actions.decide_review import decide_review, outcomes_of
from concord.actions.forms import OutcomeForm
from concord.actions.held_words import held_words
from concord.actions.looked_at import case_of
from concord.actions.models import UNDECIDED, ReviewRequest, ReviewRequestQuerySet
from concord.actions.read_review import read_reason, read_review
from concord.actions.who_asks import steps_of_each
from concord.concurrence.terms import LASTING
from concord.concurrence.wording import place_name
from concord.doors import Request, anyone, door
from concord.people.models import OutsideContact
from concord.refusals import Refused, tell
from concord.reports.outside import Outside, come_in_to_read
from concord.vault import files
from concord.vault.sight import is_seen_by


@door(anyone)
@require_safe
def kept(request: Request) -> HttpResponse:
    """The requests that lie with them: code, state and age."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    return render(request, "actions/kept_reviews.html", {"reviews": _theirs(inside)})


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, review_id: UUID) -> HttpResponse:
    """One request, and what comes of it."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _theirs(inside).select_related("decision__case", "report").filter(id=review_id).first()
    if found is None:
        raise Http404
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        not_me=found.kind == "not_me",
        of_nothing=found.decision is None and found.report is not None,
        may_restore=found.decision is not None
        and files.may_open(found.decision.file, inside.contact.holder),
        each=steps_of_each(found, at=request.at),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            decide_review(
                found,
                by=inside.contact.holder,
                keyring=inside.keyring,
                at=request.at,
                **form.decided,
            )
            return redirect("kept_review", review_id)
        except Refused as refused:
            tell(refused, actor=inside.contact.holder, at=request.at)
            form.add_error(None, str(refused.words))
            status = refused.status
    elif request.method == "POST":
        status = 422
    return _page(request, found, inside, form, status=status)


def _page(
    request: Request, found: ReviewRequest, inside: Outside, form: OutcomeForm, *, status: int
) -> HttpResponse:
    is_open = found.state in UNDECIDED
    decision, case = found.decision, case_of(found)
    is_known = decision is not None or found.report is not None
    holder = inside.contact.holder
    held: dict[str, list[str]] = {}
    for step in decision.execution.warrants.filter(kind__in=LASTING) if decision else []:
        held.setdefault(held_words(step.kind), []).append(
            place_name(step.scope_kind, step.scope_id)
        )
    context = {
        "found": found,
        "asked": read_review(found, keyring=inside.keyring, at=request.at),
        "form": form if is_open and is_known and found.reviewer == holder else None,
        "is_known": is_known,
        "case": case,
        "told": found.report
        if found.report and files.may_open(found.report.file, holder)
        else None,
        "held": [(what, ", ".join(dict.fromkeys(places))) for what, places in held.items()],
        "has_case": case is not None and files.may_open(case.file, holder),
        "outcome": outcomes_of(found).get(found.state, ""),
        "reason": read_reason(found, keyring=inside.keyring),
    }
    return render(request, "actions/kept_review.html", context, status=status)


def _theirs(inside: Outside) -> ReviewRequestQuerySet:
    """Those that are with somebody outside, or nobody's; what somebody on the team looks at is not before them."""
    outside = Q(reviewer__in=OutsideContact.objects.values("holder")) | Q(reviewer__isnull=True)
    return ReviewRequest.objects.filter(outside, is_seen_by(inside.contact.holder))
