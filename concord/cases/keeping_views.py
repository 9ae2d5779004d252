"""Closing a case, reopening it, holding it; and those that are closed, until they are erased."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.cases.agree_to_close import agree_to_close
from concord.cases.clocks import standing_of
from concord.cases.close_case import close_case
from concord.cases.desk_views import find_case
from concord.cases.hold_case import hold_case
from concord.cases.keeping import keeping_of, read_keeping
from concord.cases.lift_hold import lift_hold
from concord.cases.models import Case, Closing, State
from concord.cases.reopen_case import reopen_case
from concord.cases.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
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
    """What can be done: close, agree, reopen, hold, lift."""
    case = _case(request, case_id)
    now = keeping_of(case)
    me = request.staff_member.person_id
    context = {
        "case": case,
        "said": read_keeping(case, now, keyring=request.keyring, at=request.at),
        "closing": now.closing,
        "hold": now.hold,
        "decided": standing_of(case).decided,
        "is_closed": case.state == State.CLOSED,
        "wished_by_me": now.closing is not None and now.closing.wished_by == me,
        "needs_assessment": case.state in (State.OPEN, State.REOPENED),
        "check_ins": now.closing.check_ins.all() if now.closing else [],
        "today": request.at.astimezone(UTC).date(),
        "held_by_me": now.hold is not None and now.hold.set_by == me,
    }
    return render(request, "cases/desk_keeping.html", context)


@door(works_on_cases)
@require_POST
def close(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Close it, or ask a colleague to agree."""
    case = _case(request, case_id)
    lessons = request.POST.get("lessons", "").replace("\0", "").replace("\r\n", "\n")
    made = close_case(case, lessons=lessons, by=request.staff_member, at=request.at)
    if made.closed_at is None:
        messages.success(request, _("Noted. It is closed when a colleague who works on it agrees."))
    return _back(case)


@door(works_on_cases)
@require_POST
def agree(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """The second person's yes to closing without an action."""
    case = _case(request, case_id)
    wished = keeping_of(case).closing
    if wished is None:
        raise Http404
    agree_to_close(wished, by=request.staff_member, at=request.at)
    return _back(case)


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
    case = _case(request, case_id)
    reason = request.POST.get("reason", "").replace("\0", "")
    hold_case(case, reason=reason, by=request.staff_member, at=request.at)
    return _back(case)


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


def _case(request: DeskRequest, case_id: UUID) -> Case:
    """A case whose contents they may open: whose row alone they see has nothing to say here."""
    case = find_case(request, case_id)
    if not files.may_open(case.file, request.staff_member.person_id):
        raise NoGrant(subject=case.id)
    return case


def _back(case: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("keeping", args=[case.id]))
