"""The end of a case: leaving it as it is, following it up, closing, reopening, holding; and those that are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from concord import refusals
from concord.cases.clocks import standing_of
from concord.cases.close_case import close_case
from concord.cases.decide_no_action import decide_no_action, needs_assessment
from concord.cases.desk_views import find_case
from concord.cases.follow_up import follow_up
from concord.cases.hold_case import hold_case
from concord.cases.keeping import keeping_of, read_keeping
from concord.cases.lift_hold import lift_hold
from concord.cases.models import Case, Closing, State
from concord.cases.move import rests
from concord.cases.reopen_case import reopen_case
from concord.cases.restrict_case import lift_restriction, restrict_case
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant


@door(works_on_cases)
@require_safe
def closed(request: DeskRequest) -> HttpResponse:
    """Cases of theirs that are closed, the soonest erased first; by code."""
    staff = request.staff_member
    theirs = Case.objects.visible_to(staff).filter(Q(coordinator=staff) | Q(deputy=staff))
    closings = Closing.objects.filter(
        case__in=theirs.filter(state=State.CLOSED), reopened_at__isnull=True
    )
    rows = closings.select_related("case").order_by("expunge_on")
    return render(request, "cases/desk_closed.html", {"closings": rows})


@door(works_on_cases)
@require_safe
def keeping(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """What can be done from where the case is."""
    return _page(request, _case(request, case_id))


@door(works_on_cases)
@require_POST
def decide_nothing(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Nothing needs to be done; others are asked whether they agree."""
    case, reason = _case(request, case_id), _text(request, "why")

    def decide() -> object:
        return decide_no_action(
            case, reason=reason, by=request.staff_member, keyring=request.keyring, at=request.at
        )

    return _done_or_told(request, case, decide, why=reason)


@door(works_on_cases)
@require_POST
def begin_following(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Everybody was told; from now on somebody asks whether it stays quiet."""
    case = _case(request, case_id)
    follow_up(case, by=request.staff_member, at=request.at)
    return _back(case)


@door(works_on_cases)
@require_POST
def close(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Close it."""
    case, lessons = _case(request, case_id), _text(request, "lessons")

    def do() -> object:
        return close_case(
            case, lessons=lessons, by=request.staff_member, keyring=request.keyring, at=request.at
        )

    return _done_or_told(request, case, do, lessons=lessons)


@door(works_on_cases)
@require_POST
def reopen(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Take it up again."""
    case = _case(request, case_id)
    reopen_case(case, by=request.staff_member, keyring=request.keyring, at=request.at)
    return HttpResponseRedirect(reverse("case", args=[case.id]))


@door(works_on_cases)
@require_POST
def hold(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Keep it beyond its day."""
    case, reason = _case(request, case_id), _text(request, "reason")

    def do() -> object:
        return hold_case(case, reason=reason, by=request.staff_member, at=request.at)

    return _done_or_told(request, case, do, reason=reason)


@door(works_on_cases)
@require_POST
def lift(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Let it be erased on its day again."""
    case = _case(request, case_id)
    standing = keeping_of(case).hold
    if standing is None:
        raise Http404
    lift_hold(standing, by=request.staff_member, at=request.at)
    return _back(case)


@door(works_on_cases)
@require_POST
def restrict(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Somebody concerned asked that it is used for nothing else."""
    case, asked = _case(request, case_id), _text(request, "asked")

    def do() -> object:
        return restrict_case(case, reason=asked, by=request.staff_member, at=request.at)

    return _done_or_told(request, case, do, asked=asked)


@door(works_on_cases)
@require_POST
def lift_it(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """It need not be restricted any longer."""
    case = _case(request, case_id)
    standing = keeping_of(case).asked
    if standing is None:
        raise Http404
    return _done_or_told(
        request, case, lambda: lift_restriction(standing, by=request.staff_member, at=request.at)
    )


def _done_or_told(
    request: DeskRequest, case: Case, do: Callable[[], object], **typed: str
) -> HttpResponse:
    """Back to the page; with what was typed still in its field where it was refused."""
    try:
        do()
    except Refused as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        return _page(request, case, refused=refused, typed=typed)
    return _back(case)


def _page(
    request: DeskRequest,
    case: Case,
    *,
    refused: Refused | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    case.refresh_from_db()
    now, standing = keeping_of(case), standing_of(case)
    me, today = request.staff_member.person_id, request.at.astimezone(UTC).date()
    check_ins = list(now.follow_up.check_ins.all()) if now.follow_up else []
    context: dict[str, Any] = {
        "case": case,
        "said": read_keeping(case, now, keyring=request.keyring, at=request.at),
        "closing": now.closing,
        "hold": now.hold,
        "no_action": now.no_action,
        "decided_by_me": now.no_action is not None and now.no_action.decided_by == me,
        "overtaken": case.no_actions.overtaken().exists(),
        "declined_by": _name_of_who_declined(case),
        "decided": standing.decided,
        "is_open": standing.is_open,
        "is_closed": case.state == State.CLOSED,
        "needs_assessment": needs_assessment(case),
        "may_reopen": rests(case),
        "check_ins": check_ins,
        "all_asked": bool(check_ins) and all(one.done_at for one in check_ins),
        "today": today,
        "held_by_me": now.hold is not None and now.hold.set_by == me,
        "restricted": now,
        "asked_by_me": now.asked is not None and now.asked.set_by == me,
        "typed": typed or {},
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "cases/desk_keeping.html", context, status=status)


def _name_of_who_declined(case: Case) -> str:
    """By working name, while the newest of what was decided is one that a colleague did not agree to."""
    newest = case.no_actions.last()
    if newest is None or newest.declined_by is None or case.state != State.ASSESSED:
        return ""
    staff = StaffMember.objects.filter(person=newest.declined_by).first()
    return staff.working_name if staff else gettext("The outside contact")


def _text(request: DeskRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")


def _case(request: DeskRequest, case_id: UUID) -> Case:
    """A case whose contents they may open: whose row alone they see has nothing to say here."""
    case = find_case(request, case_id)
    if not files.may_open(case.file, request.staff_member.person_id):
        raise NoGrant(subject=case.id)
    return case


def _back(case: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("keeping", args=[case.id]))
