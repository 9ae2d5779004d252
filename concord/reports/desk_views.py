"""The desk's side of reports: read one, answer it, set it aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from concord.doors import Request, door
from concord.ledger.readings import Reading, readings
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.who_may import designated
from concord.policy.violations import KINDS
from concord.reports.answer_templates import TEMPLATES
from concord.reports.confirm_set_aside import confirm_set_aside
from concord.reports.finish_outside import read_what_came_of_it
from concord.reports.hold_back import read_held_back
from concord.reports.models import (
    UNANSWERED,
    HeldBack,
    Report,
    SettingAside,
    State,
    Supporter,
    Underway,
)
from concord.reports.new_code import newest_code, settles_at, unsettled
from concord.reports.open_file import list_files
from concord.reports.read_added import read_added
from concord.reports.read_report import read_report, read_words
from concord.reports.set_aside import read_reason, set_aside
from concord.reports.take_back_answer import read_underway
from concord.reports.went_into import went_into
from concord.vault import files
from concord.vault.keyring import Keyring


@door(designated)
@require_safe
def report(request: Request, report_id: UUID) -> HttpResponse:
    """One report: what was told, and what this person can do. A grant at rest shows the row alone."""
    return shown(request, find(request, report_id))


@door(designated)
@require_POST
def aside(request: Request, report_id: UUID) -> HttpResponse:
    """Set it aside, with the reason; alone only if it alleges nothing."""
    found = find(request, report_id)
    set_aside(
        found,
        reason=request.POST.get("reason", ""),
        alleges=request.POST.get("alleges") != "no",
        **who(request),
    )
    return back(found)


@door(designated)
@require_POST
def confirm(request: Request, report_id: UUID) -> HttpResponse:
    """The second person's yes to setting it aside."""
    found = find(request, report_id)
    wished = SettingAside.objects.filter(report=found).first()
    if wished is None:
        raise Http404
    confirm_set_aside(wished, **who(request))
    return back(found)


def _opened(request: Request, found: Report) -> dict[str, Any]:
    keyring = _keyring(request)
    wished = SettingAside.objects.filter(report=found).first()
    added = read_added(found, keyring=keyring, at=request.at)
    told = read_report(found, keyring=keyring, at=request.at)
    return {
        "added": added,
        "came_of_it": read_what_came_of_it(found, keyring=keyring),
        "went_into": went_into(found, by=_staff(request)),
        "told": told,
        "kinds": [KINDS[code].name for code in told.kinds if code in KINDS],
        "new_code": _new_code(found, request),
        **_later(found, keyring),
        "words": read_words(found, keyring=keyring),
        "files": list_files(found, keyring=keyring),
        "readers": _readers(found),
        **_on_its_way(found, keyring),
        "templates": TEMPLATES,
        "unanswered": found.state in UNANSWERED,
        "may_set_aside": found.state == State.ACKNOWLEDGED and wished is None,
        "wished": wished if found.state == State.ACKNOWLEDGED else None,
        "reason": read_reason(wished, keyring=keyring) if wished else "",
        "is_mine": wished is not None and wished.wished_by == keyring.holder,
    }


def shown(request: Request, found: Report, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a report; `more` is what came of a form on it."""
    context: dict[str, Any] = {"report": found, "told": None, "now": request.at}
    if files.may_open(found.file, _keyring(request).holder):
        context |= _opened(request, found)
    return render(request, "reports/desk_report.html", context | more, status=status)


def back(found: Report, to: str = "") -> HttpResponse:
    """To the page of a report."""
    return HttpResponseRedirect(reverse("staff_report", args=[found.id]) + to)


def find(request: Request, report_id: UUID) -> Report:
    """The report, for whoever may see that it exists; for everybody else it does not."""
    found = Report.objects.visible_to(_staff(request)).filter(id=report_id).first()
    if found is None:
        raise Http404
    return found


def who(request: Request) -> dict[str, Any]:
    """By whom, with which keys, and when: what every verb is told."""
    at = request.at
    return {"by": _staff(request), "keyring": _keyring(request), "at": at}


def _staff(request: Request) -> StaffMember:
    return cast("StaffMember", staff_of(request))  # the door let in nobody else


def _on_its_way(found: Report, keyring: Keyring) -> dict[str, Any]:
    """The answer that can still be taken back, with its words."""
    underway = Underway.objects.filter(report=found).first()
    if underway is None:
        return {"underway": None}
    return {
        "underway": underway,
        "underway_words": read_underway(underway, keyring=keyring),
    }


def _later(found: Report, keyring: Keyring) -> dict[str, Any]:
    """What was decided with a code that has not settled, for whoever asks the person whether it was they."""
    row = HeldBack.objects.filter(report=found).first()
    code = newest_code(found)
    since = {"added_at__gte": code.made_at} if code else {}
    return {
        "later": read_held_back(found, keyring=keyring),
        "later_notice": row is not None and row.notice_changes,
        "later_readers": row is not None and bool(row.let_in or row.keep_out),
        "beside": Supporter.objects.filter(report=found, **since).exists(),
    }


def _new_code(found: Report, request: Request) -> dict[str, Any] | None:
    """Who made the newest code, when, and until when it decides nothing; for all who read the report."""
    code = newest_code(found)
    if code is None:
        return None
    names = names_by_person([code.by_staff, code.confirmed_by])
    return {
        "code": code,
        "by": names.get(code.by_staff, ""),
        "confirmed_by": names.get(code.confirmed_by, "") if code.confirmed_by else "",
        "waits_until": settles_at(code) if unsettled(found, at=request.at) else None,
        "is_mine": code.by_staff == _keyring(request).holder,
    }


def _readers(found: Report) -> list[tuple[str, Reading]]:
    """Who has read it, by working name (K-CONF-1)."""
    read = readings(found.id, verb="reports.read")
    names = names_by_person(one.actor for one in read)
    return [(names.get(one.actor, ""), one) for one in read]


def names_by_person(persons: Iterable[UUID | None]) -> dict[UUID, str]:
    """Their working names."""
    found = StaffMember.objects.filter(person__in=[one for one in persons if one])
    return dict(found.values_list("person_id", "working_name"))


def _keyring(request: Request) -> Keyring:
    return cast("Keyring", request.keyring)
