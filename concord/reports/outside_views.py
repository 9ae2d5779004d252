"""The outside contact's door: on the public host, behind their standing code, open for twenty minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord import refusals
from concord.doors import Request, anyone, door
from concord.letterbox.session import Held, current
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import (
    read_flag,
    read_judgement,
    read_messages,
    read_outcome_outside,
)
from concord.people.models import StaffMember
from concord.policy.violations import KINDS
from concord.refusals import Refused
from concord.reports.answer_from_outside import answer_from_outside
from concord.reports.clean_file import clean_file
from concord.reports.desk_file_views import give
from concord.reports.finish_outside import finish_outside, read_what_came_of_it
from concord.reports.hand_on import hand_on, may_take
from concord.reports.models import UNANSWERED, Attachment, Report
from concord.reports.open_file import list_files, open_copy, open_original
from concord.reports.outside import Outside, check_may_read, come_in, is_contact_now, promised
from concord.reports.promise_discretion import promise_discretion
from concord.reports.read_added import read_added
from concord.reports.read_report import read_report, read_words
from concord.reports.read_shelf import read_shelf
from concord.reports.settle_flag_outside import (
    hand_on_flag,
    may_take_flag,
    settle_flag_outside,
)
from concord.vault.sight import is_seen_by


@door(anyone)
@require_safe
def shelf(request: Request) -> HttpResponse:
    """What is sealed to them; before the first time, what they are asked to keep."""
    held, inside = _inside(request)
    if held is None or inside is None:
        return render(request, "reports/box_shut.html")
    if not promised(inside.contact):
        return render(request, "reports/outside_first.html", {"contact": inside.contact})
    context = {"shelf": read_shelf(inside, held=held, at=request.at), "contact": inside.contact}
    return render(request, "reports/outside_shelf.html", context)


@door(anyone)
@require_POST
def accept(request: Request) -> HttpResponse:
    """They keep it to themself."""
    _held, inside = _inside(request)
    if inside is not None:
        promise_discretion(inside.contact, at=request.at)
    return HttpResponseRedirect(reverse("report_shelf"))


@door(anyone)
@require_safe
def report(request: Request, report_id: UUID) -> HttpResponse:
    """One report, and what they can do."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _report(inside, report_id)
    return _page(request, found, inside)


@door(anyone)
@require_POST
def answer(request: Request, report_id: UUID) -> HttpResponse:
    """Answer whoever reported. What may not be said comes back as it was typed."""
    _held, inside = _inside(request)
    words = _typed(request, "answer")
    if inside is None:
        return render(request, "reports/box_shut.html", {"unsent": words})
    found = _report(inside, report_id)
    try:
        answer_from_outside(found, words, by=inside, at=request.at)
    except Refused as refused:
        refusals.tell(refused, actor=inside.contact.holder, at=request.at)
        return _page(request, found, inside, refused=refused, answer=words)
    return _back(found, "answered")


@door(anyone)
@require_POST
def finish(request: Request, report_id: UUID) -> HttpResponse:
    """They have dealt with it."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _report(inside, report_id)
    reason = _typed(request, "reason")
    try:
        finish_outside(
            found,
            acted=request.POST.get("acted") == "yes",
            reason=reason,
            by=inside,
            at=request.at,
        )
    except Refused as refused:
        refusals.tell(refused, actor=inside.contact.holder, at=request.at)
        return _page(request, found, inside, refused=refused, reason=reason)
    return _back(found, "done")


@door(anyone)
@require_POST
def hand(request: Request, report_id: UUID) -> HttpResponse:
    """Hand it to one receiver, by name."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    found = _report(inside, report_id)
    to = _staff(request.POST.get("to", ""))
    if to is None:
        return _back(found)
    hand_on(found, to=to, by=inside, at=request.at)
    return _back(found, "handed")


@door(anyone)
@require_POST
def file(request: Request, report_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file, as a download: its cleaned copy, or as it came."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    check_may_read(inside)
    found = _report(inside, report_id)
    attachment = (
        Attachment.objects.select_related("report").filter(id=file_id, report=found).first()
    )
    if attachment is None:
        raise Http404
    if "original" in request.POST:
        return give(open_original(attachment, keyring=inside.keyring, at=request.at))
    attachment = clean_file(attachment, keyring=inside.keyring, at=request.at)
    return give(open_copy(attachment, keyring=inside.keyring, at=request.at))


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: Request, flag_id: UUID) -> HttpResponse:
    """One flag that nobody on the team may answer; sent, what comes of it."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html", {"unsent": _typed(request, "reason")})
    check_may_read(inside)
    found = _flag(inside, flag_id)
    if request.method != "POST":
        return _flag_page(request, found, inside)
    reason = _typed(request, "reason")
    try:
        settle_flag_outside(
            found,
            needed_action=request.POST.get("credible") != "no",
            reason=reason,
            by=inside,
            at=request.at,
        )
    except Refused as refused:
        refusals.tell(refused, actor=inside.contact.holder, at=request.at)
        return _flag_page(request, found, inside, refused=refused, reason=reason)
    return HttpResponseRedirect(reverse("report_shelf_flag", args=[found.id]) + "?done")


@door(anyone)
@require_POST
def hand_flag(request: Request, flag_id: UUID) -> HttpResponse:
    """Hand it to one of the team, by name."""
    _held, inside = _inside(request)
    if inside is None:
        return render(request, "reports/box_shut.html")
    check_may_read(inside)
    found, to = _flag(inside, flag_id), _staff(request.POST.get("to", ""))
    if to is not None:
        hand_on_flag(found, to=to, by=inside, at=request.at)
    said = "?handed" if to is not None else ""
    return HttpResponseRedirect(reverse("report_shelf_flag", args=[found.id]) + said)


def _flag_page(
    request: Request,
    found: Flag,
    inside: Outside,
    *,
    refused: Refused | None = None,
    reason: str = "",
) -> HttpResponse:
    seen = read_flag(found, keyring=inside.keyring, at=request.at)
    hands_on = is_contact_now(inside, at=request.at)
    written, _more = read_messages(found, keyring=inside.keyring)
    context: dict[str, Any] = {
        "flag": found,
        "seen": seen,
        "written": written,
        "judgement": read_judgement(found, keyring=inside.keyring),
        "came_of_it": read_outcome_outside(found, keyring=inside.keyring),
        "takers": may_take_flag(found, by=inside, at=request.at) if hands_on else [],
        "refused": refused,
        "reason": reason,
        "said": next((one for one in ("done", "handed") if one in request.GET), ""),
    }
    status = refused.status if refused else 200
    return render(request, "reports/outside_flag.html", context, status=status)


def _page(
    request: Request,
    found: Report,
    inside: Outside,
    *,
    refused: Refused | None = None,
    answer: str = "",
    reason: str = "",
) -> HttpResponse:
    check_may_read(inside)
    added = read_added(found, keyring=inside.keyring, at=request.at)
    told = read_report(found, keyring=inside.keyring, at=request.at)
    hands_on = is_contact_now(inside, at=request.at)
    context: dict[str, Any] = {
        "report": found,
        "told": told,
        "added": added,
        "kinds": [KINDS[code].name for code in told.kinds if code in KINDS],
        "words": read_words(found, keyring=inside.keyring),
        "files": list_files(found, keyring=inside.keyring),
        "unanswered": found.state in UNANSWERED,
        "may_finish": found.acted_outside is None
        and (found.state not in UNANSWERED or told.hear == "nothing"),
        "takers": may_take(found, told, at=request.at) if hands_on else [],
        "refused": refused,
        "answer": answer,
        "reason": reason,
        "came_of_it": read_what_came_of_it(found, keyring=inside.keyring),
        "said": next((one for one in ("answered", "done", "handed") if one in request.GET), ""),
    }
    status = refused.status if refused else 200
    return render(request, "reports/outside_report.html", context, status=status)


def _inside(request: Request) -> tuple[Held | None, Outside | None]:
    held = current(request, at=request.at)
    return held, come_in(held, at=request.at)


def _report(inside: Outside, report_id: UUID) -> Report:
    """A report that they hold a key to; every other one is not there."""
    theirs = is_seen_by(inside.contact.holder)
    found = Report.objects.filter(theirs, id=report_id).first()
    if found is None:
        raise Http404
    return found


def _flag(inside: Outside, flag_id: UUID) -> Flag:
    """A flag that they hold a key to; every other one is not there."""
    found = Flag.objects.filter(is_seen_by(inside.contact.holder), id=flag_id).first()
    if found is None:
        raise Http404
    return found


def _typed(request: Request, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")


def _staff(id: str) -> StaffMember | None:
    try:
        return StaffMember.objects.filter(id=UUID(id)).first()
    except ValueError:
        return None


def _back(found: Report, said: str = "") -> HttpResponse:
    return HttpResponseRedirect(
        reverse("report_shelf_report", args=[found.id]) + (f"?{said}" if said else "")
    )
