"""The desk's side of reports: read one, answer it, set it aside."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from concord.doors import Request, door
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.who_may import designated
from concord.policy.violations import KINDS
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.confirm_set_aside import confirm_set_aside
from concord.reports.models import UNANSWERED, Report, SettingAside, State
from concord.reports.open_file import list_files
from concord.reports.read_report import read_report, read_words
from concord.reports.set_aside import read_reason, set_aside
from concord.vault import files
from concord.vault.keyring import Keyring


@door(designated)
@require_safe
def report(request: Request, report_id: UUID) -> HttpResponse:
    """One report: what was told, and what this person can do. A grant at rest shows the row alone."""
    found = _find(request, report_id)
    context: dict[str, Any] = {"report": found, "told": None}
    if files.may_open(found.file, _keyring(request).holder):
        context |= _opened(request, found)
    return render(request, "reports/desk_report.html", context)


@door(designated)
@require_POST
def answer(request: Request, report_id: UUID) -> HttpResponse:
    """Answer the reporter, or note that they want no contact."""
    found = _find(request, report_id)
    words = None if "no_contact" in request.POST else request.POST.get("answer", "")
    acknowledge_report(found, answer=words, **_who(request))
    return _back(found)


@door(designated)
@require_POST
def aside(request: Request, report_id: UUID) -> HttpResponse:
    """Set it aside, with the reason; alone only if it alleges nothing."""
    found = _find(request, report_id)
    set_aside(
        found,
        reason=request.POST.get("reason", ""),
        alleges=request.POST.get("alleges") != "no",
        **_who(request),
    )
    return _back(found)


@door(designated)
@require_POST
def confirm(request: Request, report_id: UUID) -> HttpResponse:
    """The second person's yes to setting it aside."""
    found = _find(request, report_id)
    wished = SettingAside.objects.filter(report=found).first()
    if wished is None:
        raise Http404
    confirm_set_aside(wished, **_who(request))
    return _back(found)


def _opened(request: Request, found: Report) -> dict[str, Any]:
    keyring = _keyring(request)
    wished = SettingAside.objects.filter(report=found).first()
    told = read_report(found, keyring=keyring, at=_who(request)["at"])
    return {
        "told": told,
        "kinds": [KINDS[code].name for code in told.kinds if code in KINDS],
        "words": read_words(found, keyring=keyring),
        "files": list_files(found, keyring=keyring),
        "unanswered": found.state in UNANSWERED,
        "may_set_aside": found.state == State.ACKNOWLEDGED and wished is None,
        "wished": wished if found.state == State.ACKNOWLEDGED else None,
        "reason": read_reason(wished, keyring=keyring) if wished else "",
        "is_mine": wished is not None and wished.wished_by == keyring.holder,
    }


def _back(found: Report) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff_report", args=[found.id]))


def _find(request: Request, report_id: UUID) -> Report:
    found = Report.objects.visible_to(_staff(request)).filter(id=report_id).first()
    if found is None:
        raise Http404
    return found


def _who(request: Request) -> dict[str, Any]:
    """By whom, with which keys, and when: what every verb is told."""
    at = request.at
    return {"by": _staff(request), "keyring": _keyring(request), "at": at}


def _staff(request: Request) -> StaffMember:
    return cast("StaffMember", staff_of(request))  # the door let in nobody else


def _keyring(request: Request) -> Keyring:
    return cast("Keyring", request.keyring)
