"""Decisions in force and ended, what came under them since, and how one is shortened or confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.access.models import Shut, ShutToken
from concord.actions.ask_to_leave import is_followed
from concord.actions.confirm_decision import confirm_decision
from concord.actions.end_earlier import end_earlier, may_end_earlier
from concord.actions.held_words import held_words
from concord.actions.models import (
    BarredOrganisation,
    Ending,
    LateRecusal,
    LaterMember,
)
from concord.cases.models import OVER, State
from concord.cases.recuse import recuse
from concord.concurrence.let_stand import let_stand, mailboxes_known_until, may_let_stand
from concord.concurrence.models import Decision, GroundCount, Look, Warrant
from concord.concurrence.terms import GIVE_BACK, GROUNDS, LASTING, SHUTS
from concord.concurrence.wording import place_name
from concord.convenings.models import Convening
from concord.desk.by_hand import Typed, to_do
from concord.desk.lift_form import EarlierForm
from concord.desk.stays_form import StaysForm
from concord.desk.who_may import sees_decisions, works_on_cases
from concord.doors import door
from concord.evasion.models import Match
from concord.evasion.undo import posts_away
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.refusals import Refused, tell

MOST_ENDED = 50
TAKES = ["delete", *sorted(LASTING)]
HOW: dict[str, Any] = {
    Ending.How.LIFTED: _later("lifted by two people"),
    Ending.How.VARIED: _later("varied"),
    Ending.How.OVERTURNED: _later("taken back by somebody who had no part in it"),
    Ending.How.EARLIER: _later("given an earlier end"),
}
STEP = 5


@door(sees_decisions)
@require_safe
def decisions(request: DeskRequest) -> HttpResponse:
    """All that this person may see, those in force first; rows by code, place and end."""
    visible = Decision.objects.visible_to(request.staff_member)
    in_force = visible.in_force(request.at)
    gave_back = visible.exclude(execution__warrants__kind__in=TAKES)
    ended = visible.exclude(id__in=in_force.values("id")).exclude(id__in=gave_back.values("id"))
    ended = ended[:MOST_ENDED]
    context = {"in_force": _rows(in_force), "ended": _rows(ended), "grounds": _grounds()}
    return render(request, "desk/decisions.html", context)


def _grounds() -> list[tuple[Any, int]]:
    """Each ground apart, in whole steps of five, so that nobody learns of a single decision by it."""
    counts = dict(GroundCount.objects.values_list("ground", "decisions"))
    return [(words, counts.get(code, 0) // STEP * STEP) for code, words in GROUNDS.items()]


@door(sees_decisions)
@require_safe
def decision(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """One decision: its steps, how it ends, and the returns that were met under it."""
    return decision_page(request, find_decision(request, decision_id))


@door(works_on_cases)
@require_POST
def earlier(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Give it an earlier end that still lies ahead."""
    found = find_decision(request, decision_id)
    form = EarlierForm(request.POST)
    if not form.is_valid():
        return decision_page(request, found, form=form, status=422)
    try:
        end_earlier(
            found,
            ends_at=form.cleaned_data["ends_at"],
            reason=form.cleaned_data["why"],
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
        )
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        form.add_error(None, str(refused.words))
        return decision_page(request, found, form=form, status=refused.status)
    return redirect("decision", decision_id)


@door(sees_decisions)
@require_POST
def stays(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Its day had come and somebody looked: it stays, and is looked at again on another day."""
    found = find_decision(request, decision_id)
    look = _look(found, request)
    if look is None:
        return redirect("decision", decision_id)
    form = StaysForm(request.POST, look=look, at=request.at)
    if not form.is_valid():
        return decision_page(request, found, stays=form, status=422)
    next_on = form.cleaned_data["next_on"]
    try:
        let_stand(look, next_on=next_on, by=request.staff_member, at=request.at)
    except Refused as refused:
        tell(refused, actor=request.staff_member.person_id, at=request.at)
        form.add_error("next_on", str(refused.words))
        return decision_page(request, found, stays=form, status=refused.status)
    messages.success(request, _("It stays. Nothing of what was agreed to has changed."))
    return redirect("decision", decision_id)


@door(sees_decisions)
@require_POST
def confirm(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Confirm it, after somebody with a part in it stepped out."""
    found = find_decision(request, decision_id)
    for late in _unconfirmed(found, request):
        confirm_decision(late, by=request.staff_member, keyring=request.keyring, at=request.at)
    return redirect("decision", decision_id)


@door(sees_decisions)
@require_http_methods(["GET", "HEAD", "POST"])
def step_out(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Out of the case it was made in; whoever looks again, or may let it end, can be close to somebody too."""
    found, member = find_decision(request, decision_id), request.staff_member
    if request.method != "POST":
        page = {"code": found.code, "back": reverse("decision", args=[found.id])}
        return render(request, "cases/desk_step_out.html", page)
    recuse(found.case, who=member.person_id, by=member, keyring=request.keyring, at=request.at)
    messages.success(request, _("You are out of it. Your colleagues go on."))
    return redirect("inbox")


def find_decision(request: DeskRequest, decision_id: UUID) -> Decision:
    visible = Decision.objects.visible_to(request.staff_member)
    found = (
        visible.select_related(
            "execution__concurrence__version", "case__coordinator", "case__deputy"
        )
        .filter(id=decision_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def decision_page(
    request: DeskRequest,
    found: Decision,
    *,
    form: EarlierForm | None = None,
    stays: StaysForm | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    agreed = found.execution.concurrence
    people = {agreed.proposer, agreed.person} if agreed else set()
    names = StaffMember.objects.filter(person__in=people).order_by("working_name")
    warrants = list(found.execution.warrants.order_by("-kind"))
    lasting = [warrant for warrant in warrants if warrant.kind in LASTING]
    in_force = Decision.objects.in_force(request.at).filter(id=found.id).exists()
    coordinates = request.staff_member in (found.case.coordinator, found.case.deputy)
    late = _unconfirmed(found, request)
    steps = to_do(found, request, typed=typed)
    look = _look(found, request)
    may_say = look is not None and may_let_stand(look, found, by=request.staff_member)
    left_out = (
        set(agreed.version.set_aside.values_list("commitment", flat=True)) if agreed else set()
    )
    context = {
        "decision": found,
        "is_in_force": in_force,
        "known_until": mailboxes_known_until(found) if in_force else None,
        "is_anybody_known": ShutToken.objects.filter(
            shut__in=Shut.objects.filter(warrant__in=[one.id for one in lasting])
        ).exists(),
        "until_there": _there(found, found.ended_at or found.until_at),
        "ending": _ending(found),
        "may_lift": in_force and coordinates and bool(lasting) and found.case.state not in OVER,
        "to_reopen": found.case
        if in_force and coordinates and lasting and found.case.state == State.CLOSED
        else None,
        "is_erased": found.case.state == State.PURGED,
        "may_end_earlier": in_force
        and bool(lasting)
        and may_end_earlier(found, by=request.staff_member),
        "several": sum(warrant.kind in SHUTS for warrant in warrants) > 1,
        "earlier": form or EarlierForm(),
        "look": look,
        "say_stays": (stays or StaysForm(look=look, at=request.at)) if look and may_say else None,
        "late": late[0] if late else None,
        "confirmed": late[0].confirmations.count() if late else 0,
        "has_read": agreed is not None
        and agreed.version.openings.filter(person=request.staff_member.person_id).exists(),
        "has_confirmed": bool(late)
        and late[0].confirmations.filter(person=request.staff_member.person_id).exists(),
        "names": [staff.working_name for staff in names],
        "proposal_id": agreed.version.proposal_id
        if agreed and found.case.state != State.PURGED
        else None,
        "held": _held(lasting),
        "stays": sum(not is_followed(one) for one in lasting if one.kind == "ask"),
        "asked": sum(one.kind == "ask" for one in lasting),
        "deleted": sum(warrant.kind == "delete" for warrant in warrants),
        "gave_back": all(warrant.kind in GIVE_BACK for warrant in warrants),
        "unchecked": sum(
            warrant.verified_at is None and warrant.commitment not in left_out
            for warrant in warrants
        ),
        "left_out": len(left_out),
        "to_do": steps,
        "asked_now": next((one for one in steps if one.asks), None),
        "returns": (returns := list(Match.objects.filter(decision=found))),
        "posts_away": {one.id for one in returns if one.state == "undone" and posts_away(one)},
        "later": LaterMember.objects.visible_to(request.staff_member).filter(barred=found.id),
        "organisation": BarredOrganisation.objects.filter(decision=found.id)
        .select_related("organisation")
        .first(),
        "may_undo": request.staff_member.receives_reports,
    }
    return render(request, "desk/decision.html", context, status=status)


def _look(found: Decision, request: DeskRequest) -> Look | None:
    """That its day to be looked at has come, and nobody has said anything."""
    waiting = Look.objects.visible_to(request.staff_member).waiting(request.at)
    return waiting.filter(decision=found).first()


def _held(warrants: Iterable[Warrant]) -> list[tuple[str, list[str]]]:
    """What holds for people, and in which places; nobody's name stands here."""
    found: dict[str, list[str]] = {}
    for warrant in warrants:
        what = held_words(warrant.kind)
        found.setdefault(what, []).append(place_name(warrant.scope_kind, warrant.scope_id))
    return [(what, list(dict.fromkeys(places))) for what, places in found.items()]


def _unconfirmed(found: Decision, request: DeskRequest) -> list[LateRecusal]:
    visible = LateRecusal.objects.open(request.at).visible_to(request.staff_member)
    return list(visible.filter(decision=found).order_by("due_at"))


def _ending(found: Decision) -> str:
    """How it ended, or will, before its date."""
    ending = found.endings.filter(ends_at=found.ended_at).first() if found.ended_at else None
    return str(HOW.get(ending.how, "")) if ending else ""


def _there(found: Decision, moment: datetime | None) -> str:
    """The same moment on the clocks of the event, where they are not UTC. Compared is always UTC."""
    if moment is None:
        return ""
    ids = found.execution.warrants.values_list("scope_id", flat=True)
    event = (
        Convening.objects.filter(id__in=ids).first()
        or Convening.objects.filter(sessions__in=ids).first()
    )
    try:
        zone = ZoneInfo(event.zone) if event else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    if event is None or zone is None or event.zone == "UTC":
        return ""
    try:
        there = date_format(moment.astimezone(zone), _("j F Y, H:i"))
    except (
        OverflowError
    ):  # an end at the calendar's edge, from before it was asked for within reach
        return ""
    return _("%(moment)s on the clocks of the event (%(zone)s)") % {
        "moment": there,
        "zone": event.zone,
    }


def _rows(decisions: QuerySet[Decision]) -> list[tuple[Decision, list[tuple[str, str]], int]]:
    """Each with what holds where and how many returns were met under it; the same few queries for any number."""
    found = list(decisions.prefetch_related("execution__warrants", "returns", "looks"))
    places: dict[tuple[str, UUID | None], str] = {}
    rows = []
    for one in found:
        held = []
        for warrant in one.execution.warrants.all():
            if warrant.kind not in LASTING:
                continue
            place = (warrant.scope_kind, warrant.scope_id)
            if place not in places:
                places[place] = place_name(*place)
            held.append((held_words(warrant.kind), places[place]))
        rows.append((one, list(dict.fromkeys(held)), len(one.returns.all())))
    return rows
