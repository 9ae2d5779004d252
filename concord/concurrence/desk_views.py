"""The second yes: one page with the exact text, and the few things a person can do with it."""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord import refusals
from concord.cases.models import OVER
from concord.cases.recuse import recuse
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.briefing import (
    Letter,
    Part,
    Standing,
    asked_of,
    letter_of,
    names_of,
    newcomers,
    newest,
    part_of,
    shown_lines,
    standing_of,
    wishes_changed,
)
from concord.concurrence.concur import concur
from concord.concurrence.contents import commitments, read_contents, targets_of
from concord.concurrence.decline import NeedsAReason, decline
from concord.concurrence.execute import NeedsConcurrence, execute
from concord.concurrence.forms import DeclineForm
from concord.concurrence.guards import NeedsOpening
from concord.concurrence.kinds import asks, kind_of
from concord.concurrence.models import Proposal, State, Version
from concord.concurrence.open_full import open_full
from concord.concurrence.open_version import Briefing, open_version
from concord.concurrence.put_anew import put_anew
from concord.concurrence.rings import names_in_words, rings_in_words, turns
from concord.concurrence.say_on_it import say_on_it
from concord.concurrence.set_aside import reasons, set_aside
from concord.concurrence.void import take_back, withdraw
from concord.concurrence.who_may import asked
from concord.doors import View, door
from concord.people.at_the_desk import DeskRequest
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault.keyring import Keyring

LONGEST = 2_000
"""Signs of what somebody typed that are put back into its field."""


def answered_on_its_page(view: View) -> View:
    """A press from a page that is out of date leads to the text as it stands, with the refusal's words on top.

    Nobody who was woken has to find the way back, or to write again what they had written. It is entered like any
    other refusal; one that is nobody's to change (403) has a page of its own.
    """

    @wraps(view)
    def answered(request: DeskRequest, proposal_id: UUID) -> HttpResponseBase:
        try:
            return view(request, proposal_id)
        except Refused as refused:
            if refused.status != 409:
                raise
            refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
            messages.warning(request, str(refused.words))
            typed = request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST]
            return _page(request, proposal_id, status=refused.status, typed=typed)

    return answered


@door(asked)
@require_safe
def proposal(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """The newest text of a proposal, opened in this person's name, and where it stands."""
    return _page(request, proposal_id)


def _page(
    request: DeskRequest, proposal_id: UUID, *, status: int = 200, typed: str = ""
) -> HttpResponse:
    """`typed`: what somebody wrote on a page that was out of date, for the field in which they wrote it."""
    version = newest(_find(request, proposal_id))
    briefing = open_version(
        version, by=request.staff_member, keyring=request.keyring, at=request.at
    )
    letter = letter_of(briefing, at=request.at)
    standing = standing_of(version, at=request.at)
    waiting = asked_of(version, letter.targets, at=request.at)
    said_no = list(version.declines.order_by("declined_at"))
    waiting_in_turn = turns(version, among=waiting, said=set(), at=request.at)
    agreed = standing.agreed
    names = names_of(
        version.proposer,
        agreed.person if agreed else None,
        *(one.person for one in said_no),
        *(UUID(one.person) for one in briefing.earlier),
    )
    part = part_of(request.staff_member, standing, waiting)
    later = _later(briefing, letter, standing, part, at=request.at)
    context = {
        "proposal": version.proposal,
        "version": version,
        "letter": letter,
        "standing": standing,
        "wishes_changed": wishes_changed(version),
        "part": part,
        "asked": waiting,
        "later": later,
        "later_names": names_in_words(later),
        "typed": typed,
        "full": _opened_in_full(version),
        "turns": waiting_in_turn,
        "rings": rings_in_words(waiting_in_turn, at=request.at),
        "is_on_it": any(
            turn.on_it_at for turn in waiting_in_turn if turn.staff == request.staff_member
        ),
        "declines": [
            (names.get(row.person, ""), row.declined_at, reason)
            for row, reason in zip(said_no, briefing.declines, strict=True)
        ],
        "earlier": [
            (names.get(UUID(one.person), ""), one.said_at, one.asked, one.reason)
            for one in briefing.earlier
        ],
        "proposer": names.get(version.proposer, ""),
        "agreed_by": names.get(agreed.person, "") if agreed else "",
        "steps": _steps(briefing, standing, coordinates=part.coordinates, keyring=request.keyring),
        "is_lapsing": (version.lapses_at - request.at).total_seconds() < 15 * 60,
    }
    return render(request, "concurrence/desk_proposal.html", context, status=status)


@door(asked)
@require_safe
def changed(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Whether the text that somebody is reading still is the one to answer; nothing while it is.

    With `answered` for whoever waits for answers: a word that was lost on its way to their page is said again.
    """
    found = _find(request, proposal_id)
    version = newest(found)
    is_same = str(version.id) == request.GET.get("version")
    if is_same and found.state == State.PROPOSED:
        if request.GET.get("answered") in (None, version.answered):
            return HttpResponse(status=204)
        return HttpResponse(status=204, headers={"HX-Trigger": "live:proposal"})
    page = {"proposal": found, "is_same": is_same}
    response = render(request, "concurrence/_desk_changed.html", page)
    if "answered" in request.GET:
        response["HX-Trigger"] = "live:proposal"
    return response


@door(asked)
@require_POST
@answered_on_its_page
def agree(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """I agree, to the version that was on the page."""
    version = _version(request, proposal_id)
    concur(version, by=request.staff_member, keyring=request.keyring, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def on_it(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Say that one is reading it; it binds nobody."""
    say_on_it(_version(request, proposal_id), by=request.staff_member, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def full(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """All that was flagged and reported, once, for whoever is asked and holds a grant at rest."""
    version = _version(request, proposal_id)
    found = open_full(version, by=request.staff_member, keyring=request.keyring, at=request.at)
    page = {"version": version, "shows": shown_lines(found)}
    return render(request, "concurrence/desk_full.html", page)


@door(asked)
@require_http_methods(["GET", "HEAD", "POST"])
@answered_on_its_page
def say_no(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Not to agree, and why."""
    if request.method != "POST":
        version = newest(_find(request, proposal_id))
        if not version.openings.filter(person=request.staff_member.person_id).exists():
            return HttpResponseRedirect(reverse("proposal", args=[proposal_id]))
        return _say_why(request, version, DeclineForm())
    version = _version(request, proposal_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _say_why(request, version, form, status=NeedsAReason.status)
    decline(
        version,
        reason=form.cleaned_data["reason"],
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
    )
    return HttpResponseRedirect(reverse("inbox"))


def _say_why(
    request: DeskRequest, version: Version, form: DeclineForm, *, status: int = 200
) -> HttpResponse:
    targets = targets_of(read_contents(version, keyring=request.keyring))
    others = set(asked_of(version, targets, at=request.at)) - {request.staff_member}
    page = {"form": form, "version": version, "is_last": not others}
    return render(request, "concurrence/desk_decline.html", page, status=status)


@door(asked)
@require_http_methods(["GET", "HEAD", "POST"])
def step_out(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Out of the case it was proposed in, for whoever is asked and is close to somebody in it."""
    found, member = _find(request, proposal_id), request.staff_member
    if request.method != "POST":
        page = {"code": found.code, "back": reverse("proposal", args=[found.id])}
        return render(request, "cases/desk_step_out.html", page)
    recuse(found.case, who=member.person_id, by=member, keyring=request.keyring, at=request.at)
    messages.success(request, _("You are out of it. Your colleagues go on."))
    return HttpResponseRedirect(reverse("inbox"))


@door(asked)
@require_POST
@answered_on_its_page
def withdraw_it(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """The coordinator takes the proposal back."""
    withdraw(_version(request, proposal_id), by=request.staff_member, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def adopt_it(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Whoever coordinates now puts it before the others in their own name."""
    version = _version(request, proposal_id)
    adopt_proposal(version, by=request.staff_member, keyring=request.keyring, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def ask_anew(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """The same words once more, for whoever came to the team since."""
    version = _version(request, proposal_id)
    put_anew(version, by=request.staff_member, keyring=request.keyring, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def carry_it_out(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """The coordinator's own press after a colleague agreed."""
    version = _version(request, proposal_id)
    execute(version, by=request.staff_member, keyring=request.keyring, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def take_it_back(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Whoever agreed takes it back before it starts."""
    version = _version(request, proposal_id)
    agreed = version.concurrences.filter(voided_at__isnull=True).first()
    if agreed is None:
        raise NeedsConcurrence(subject=proposal_id)
    take_back(agreed, by=request.staff_member, at=request.at)
    return _back(proposal_id)


@door(asked)
@require_POST
@answered_on_its_page
def leave_out(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Leave out a step that was agreed to, and say why; it only ever narrows."""
    set_aside(
        _version(request, proposal_id),
        steps=request.POST.getlist("steps"),
        reason=request.POST.get("reason", "").replace("\0", ""),
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
    )
    return _back(proposal_id)


def _later(
    briefing: Briefing, letter: Letter, standing: Standing, part: Part, *, at: datetime
) -> list[StaffMember]:
    """Who came since, for whoever could put it before them: while it is open, and where the last asked said no."""
    case, proposal = standing.version.proposal.case, standing.version.proposal
    waits = standing.state == State.PROPOSED and not standing.is_orphaned
    newer = case.proposals.filter(opened_at__gt=proposal.opened_at)
    ended = standing.state == State.DECLINED and case.state not in OVER and not newer.exists()
    if not part.coordinates or not (waits or ended):
        return []
    return newcomers(briefing, letter.targets, at=at)


def _opened_in_full(version: Version) -> list[tuple[str, datetime]]:
    """Who opened all that was flagged and reported, and when."""
    rows = list(version.openings.filter(full_at__isnull=False).order_by("full_at"))
    names = names_of(*(row.person for row in rows))
    return [(names.get(row.person, ""), row.full_at) for row in rows if row.full_at]


def _steps(
    briefing: Briefing, standing: Standing, *, coordinates: bool, keyring: Keyring
) -> dict[str, Any]:
    """What was left out and why, and what this person could leave out now."""
    version = standing.version
    known = dict(zip(commitments(briefing.contents), targets_of(briefing.contents), strict=True))
    out = reasons(version, keyring=keyring)
    left_out = [(asks([known[one]]), why) for one, why in out.items() if one in known]
    may: list[tuple[str, str]] = []
    if coordinates and standing.state == State.CONCURRED and len(known) > 1:
        may = [(one, asks([target])) for one, target in known.items() if one not in out]
    if coordinates and standing.execution is not None:
        undone = standing.execution.warrants.filter(verified_at__isnull=True)
        may = [
            (one, asks([known[one]]))
            for one in undone.values_list("commitment", flat=True)
            if one in known and one not in out and _waits(known[one].kind)
        ]
    return {"left_out": left_out, "may": may}


def _waits(name: str) -> bool:
    kind = kind_of(name)
    return kind.by_letter or kind.by_hand


def _find(request: DeskRequest, proposal_id: UUID) -> Proposal:
    found = Proposal.objects.visible_to(request.staff_member).filter(id=proposal_id).first()
    if found is None:
        raise Http404
    return found


def _version(request: DeskRequest, proposal_id: UUID) -> Version:
    """The version that the page showed, so that nobody answers a text they did not see.

    Sent again from a desk that had locked it names none: the text is shown as it stands, with what was typed.
    """
    found = _find(request, proposal_id)
    named = request.POST.get("version", "")
    if not named:
        raise NeedsOpening(subject=proposal_id)
    try:
        wanted = UUID(named)
    except ValueError as error:
        raise Http404 from error
    version = found.versions.filter(id=wanted).first()
    if version is None:
        raise Http404
    return version


def _back(proposal_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("proposal", args=[proposal_id]))
