"""What is done about a case: take up what came in, write, name who is in it, step out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord import refusals
from concord.cases.add_party import add_party, check_may_name
from concord.cases.forms import PartyForm, part_of
from concord.cases.hand_outside import hand_outside
from concord.cases.models import OVER, Case, Party
from concord.cases.parties import ORGANISATION
from concord.cases.read_case import read_case
from concord.cases.read_party import read_party
from concord.cases.recuse import recuse
from concord.cases.take_up import NobodyUnconflicted, take_up
from concord.cases.who_may import judges, works_on_cases
from concord.cases.write_note import EmptyNote, write_note
from concord.convenings.known_members import how_many, known_members
from concord.doors import door
from concord.letters.outgoing import SeemsToBelongElsewhere
from concord.monitoring.desk_views import flag_page
from concord.monitoring.judge_item import MoreHasCome, judge_item
from concord.monitoring.models import Flag
from concord.people.at_the_desk import DeskRequest
from concord.reports.models import Report

NEW = "new"


@door(judges)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_flag(request: DeskRequest, flag_id: UUID) -> HttpResponse:
    """Needs action, or not, with the reason. What needs action becomes a case.

    `with` names what stood beside it, `shown` how many messages an item of screening held. Where it holds more by now,
    all of them are shown, and the answer is still in its box. Whoever comes back to that page, as after a locked desk,
    comes to the flag.
    """
    found = _flag(request, flag_id)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("flag", args=[found.id]))
    needs_action = request.POST.get("credible") == "yes"
    try:
        with transaction.atomic():
            flag, *others = judge_item(
                found,
                others=_ids(request.POST.getlist("with")),
                shown=_number(request.POST.get("shown", "")),
                credible=needs_action,
                reason=request.POST.get("reason", ""),
                by=request.staff_member,
                keyring=request.keyring,
                at=request.at,
            )
            if needs_action:
                return _take_up(request, flag, others)
    except MoreHasCome as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        return flag_page(request, _flag(request, flag_id), refused=refused)
    messages.success(
        request,
        _("Noted. Whoever flagged it sees that a person has looked, and nothing was changed."),
    )
    return HttpResponseRedirect(reverse("inbox"))


@door(judges)
@require_POST
def take_up_flag(request: DeskRequest, flag_id: UUID) -> HttpResponse:
    """A flag that needs action goes into a new case, or into one of theirs, with those answered beside it.

    Whoever answered it may have gone no further; a colleague who reads it does.
    """
    flag, staff = _flag(request, flag_id), request.staff_member
    alike = Flag.objects.visible_to(staff).filter(post=flag.post_id, judged_by=flag.judged_by)
    return _take_up(request, flag, list(alike) if flag.post_id and flag.judged_by else [])


@door(works_on_cases)
@require_POST
def take_up_report(request: DeskRequest, report_id: UUID) -> HttpResponse:
    """A report goes into a new case, or into one of theirs."""
    found = Report.objects.visible_to(request.staff_member).filter(id=report_id).first()
    if found is None:
        raise Http404
    return _take_up(request, found)


@door(works_on_cases)
@require_POST
def note(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Keep a note."""
    case = find_case(request, case_id)
    text = request.POST.get("text", "").replace("\0", "").replace("\r\n", "\n")
    try:
        write_note(
            case,
            text=text,
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
            meant=request.POST.getlist("meant"),
        )
    except (EmptyNote, SeemsToBelongElsewhere) as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        page = {"case": case, "text": text, "refused": refused}
        return render(request, "cases/desk_note.html", page, status=refused.status)
    return HttpResponseRedirect(reverse("case", args=[case.id]) + "#notes")


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Name somebody who is in this case."""
    case = find_case(request, case_id)
    check_may_name(case, by=request.staff_member, at=request.at)
    opened = None
    if request.method == "POST":
        opened = read_case(case, by=request.staff_member, keyring=request.keyring, at=request.at)
    form = PartyForm(request.POST or None, opened=opened)
    if request.method == "POST" and form.is_valid():
        add_party(case, by=request.staff_member, at=request.at, **form.party)
        return HttpResponseRedirect(reverse("case", args=[case.id]) + "#people")
    status = 422 if form.is_bound else 200
    return render(request, "cases/desk_add_party.html", {"case": case, "form": form}, status=status)


@door(works_on_cases)
@require_safe
def party(request: DeskRequest, case_id: UUID, party_id: UUID) -> HttpResponse:
    """Who somebody in the case is; asked for one by one, and each asking is an entry."""
    case = find_case(request, case_id)
    found = Party.objects.select_related("case").filter(case=case, id=party_id).first()
    if found is None:
        raise Http404
    known = read_party(found, by=request.staff_member, keyring=request.keyring, at=request.at)
    context: dict[str, Any] = {"case": case, "known": known, "role": part_of(known)}
    if known.role == ORGANISATION:
        context["members"] = known_members(
            known.name, about=case.id, by=request.staff_member, at=request.at
        )
        context["known_how"] = how_many(context["members"])
    page = "cases/_desk_party.html" if request.htmx else "cases/desk_party.html"
    return render(request, page, context)


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def step_out(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Step out of a case. It takes effect at once, and from then on the case is not there for them."""
    case = find_case(request, case_id)
    if request.method != "POST":
        return render(request, "cases/desk_recuse.html", {"case": case})
    who = request.staff_member
    recuse(case, who=who.person_id, by=who, keyring=request.keyring, at=request.at)
    messages.success(request, _("You are out of it. A colleague takes it from here."))
    return HttpResponseRedirect(reverse("inbox"))


def find_case(request: DeskRequest, case_id: UUID) -> Case:
    """The case, for whoever may see that it exists; for everybody else it does not."""
    visible = Case.objects.visible_to(request.staff_member)
    case = visible.select_related("coordinator", "deputy").filter(id=case_id).first()
    if case is None:
        raise Http404
    return case


def _flag(request: DeskRequest, flag_id: UUID) -> Flag:
    found = Flag.objects.visible_to(request.staff_member).filter(id=flag_id).first()
    if found is None:
        raise Http404
    return found


def _ids(typed: list[str]) -> list[UUID]:
    """Those of these that are ids; anything else counts as nothing."""
    ids = []
    for one in typed:
        with suppress(ValueError):
            ids.append(UUID(one))
    return ids


def _number(typed: str) -> int:
    """Anything that is no number counts as none."""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _take_up(
    request: DeskRequest, source: Flag | Report, others: Sequence[Flag] = ()
) -> HttpResponse:
    """Ask which case when there is a choice; else open one."""
    joinable = _joinable(request)
    wanted = request.POST.get("into", "")
    if joinable and wanted != NEW and wanted not in joinable:
        page = {"source": source, "cases": joinable.values(), "is_flag": isinstance(source, Flag)}
        return render(request, "cases/desk_take_up.html", page)
    who: dict[str, Any] = {"by": request.staff_member, "keyring": request.keyring, "at": request.at}
    try:
        case = take_up(source, into=joinable.get(wanted), others=others, **who)
    except NobodyUnconflicted as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        hand_outside([source, *others], **who)
        messages.success(
            request,
            _(
                "Nobody on the team may take this. The outside contact reads it now, and says what comes of it."
            ),
        )
        return HttpResponseRedirect(reverse("inbox"))
    if request.staff_member in (case.coordinator, case.deputy):
        return HttpResponseRedirect(reverse("case", args=[case.id]))
    messages.success(request, _("Thank you. A colleague coordinates it from here."))
    return HttpResponseRedirect(reverse("inbox"))


def _joinable(request: DeskRequest) -> dict[str, Case]:
    """Open cases that this person works on, by id."""
    staff = request.staff_member
    cases = Case.objects.visible_to(staff).exclude(state__in=OVER)
    theirs = cases.filter(Q(coordinator=staff) | Q(deputy=staff))
    return {str(case.id): case for case in theirs}
