"""Cases behind the outside contact's door: those that have too few readers left on the team."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from concord.cases.agree_to_no_action import (
    agree_from_outside,
    decline_from_outside,
    may_agree_on_the_team,
)
from concord.cases.assess_case import in_words
from concord.cases.decide_no_action import read_why
from concord.cases.forms import ROLE_WORDS
from concord.cases.hand_to_team import hand_to_team, is_nobodys, may_take_from_outside
from concord.cases.models import OVER, Case, CaseQuerySet, NoAction
from concord.cases.read_case import read_case
from concord.doors import Request, anyone, door
from concord.people.models import StaffMember
from concord.refusals import Refused, tell
from concord.reports.outside import Outside, come_in_to_read
from concord.vault.sight import is_seen_by


@door(anyone)
@require_safe
def kept(request: Request) -> HttpResponse:
    """The cases whose key they hold: code, state and age."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    page = {"cases": _theirs(inside), "left": [one for one in _left(inside) if _waits(one)]}
    return render(request, "cases/kept_cases.html", page)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: Request, case_id: UUID) -> HttpResponse:
    """One case, to read, and to hand to somebody who came since where nobody on the team can open it."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _theirs(inside).filter(id=case_id).first()
    if found is None:
        raise Http404
    refused = None
    if request.method == "POST":
        to = _staff(request.POST.get("to", ""))
        try:
            if to is not None:
                hand_to_team(found, to=to, by=inside, at=request.at)
                return redirect(reverse("kept_case", args=[found.id]) + "?handed")
        except Refused as told:
            refused = told
            tell(told, actor=inside.contact.holder, at=request.at)
    opened = read_case(found, by=None, keyring=inside.keyring, at=request.at)
    is_open = found.state not in OVER and is_nobodys(found)
    context = {
        "refused": refused,
        "was_handed": "handed" in request.GET,
        "is_nobodys": is_open,
        "takers": may_take_from_outside(found, by=inside, at=request.at) if is_open else [],
        "case": found,
        "opened": opened,
        "left": _left(inside).filter(case=found, ended_at__isnull=True).first(),
        "people": [(ROLE_WORDS.get(one.role, ""), one.called) for one in opened.parties],
    }
    status = refused.status if refused else 200
    return render(request, "cases/kept_case.html", context, status=status)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def left(request: Request, decided_id: UUID) -> HttpResponse:
    """Why somebody on the team finds that nothing needs to be done; their yes or no, where nobody else is left."""
    inside = come_in_to_read(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    decided = _left(inside).filter(id=decided_id).first()
    if decided is None or not bytes(decided.sealed):
        raise Http404
    refused = None
    if request.method == "POST":
        try:
            _answer(request, decided, inside)
            return redirect("kept_left", decided.id)
        except Refused as told:
            refused = told
            tell(told, actor=inside.contact.holder, at=request.at)
    why = read_why(decided, keyring=inside.keyring, at=request.at)
    context = {
        "decided": decided,
        "case": decided.case,
        "why": why,
        "answers": in_words(why.assessed),
        "is_agreed": hasattr(decided, "agreement"),
        "may_answer": _waits(decided) and not may_agree_on_the_team(decided, at=request.at),
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "cases/kept_left.html", context, status=status)


def _staff(id: str) -> StaffMember | None:
    try:
        return StaffMember.objects.filter(id=UUID(id)).first()
    except ValueError:
        return None


def _answer(request: Request, decided: NoAction, inside: Outside) -> None:
    if request.POST.get("says") == "agree":
        agree_from_outside(decided, by=inside, at=request.at)
        return
    reason = request.POST.get("reason", "").replace("\0", "").replace("\r\n", "\n")
    decline_from_outside(decided, reason=reason, by=inside, at=request.at)


def _waits(decided: NoAction) -> bool:
    return decided.ended_at is None and not hasattr(decided, "agreement")


def _left(inside: Outside) -> QuerySet[NoAction]:
    given = NoAction.objects.filter(is_seen_by(inside.contact.holder, file="briefing"))
    return given.select_related("case", "agreement").order_by("decided_at")


def _theirs(inside: Outside) -> CaseQuerySet:
    return Case.objects.filter(is_seen_by(inside.contact.holder)).order_by("opened_at")
