"""The team at the desk: who belongs to it, who joins, whose keys are vouched for; one's own passphrase."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.doors import door
from concord.people.ask_to_end import ask_to_end, may_agree_to_end, take_back_leaving, takes_two
from concord.people.at_the_desk import DeskRequest
from concord.people.bring_in import bring_in
from concord.people.change_passphrase import change_passphrase
from concord.people.end_designation import end_designation
from concord.people.end_sessions import end_sessions
from concord.people.first_passphrase import has_first_passphrase
from concord.people.forms import TOO_MANY, KeysForm, NewcomerForm, PassphraseForm, SureForm
from concord.people.leavings import leavings
from concord.people.models import Leaving, StaffMember
from concord.people.pledge import pledge
from concord.people.team import colleague
from concord.people.team import team as the_team
from concord.people.under_way import under_way_for_others
from concord.people.vouch_for import vouch_for
from concord.people.who_may import designated, organiser, staff
from concord.refusals import Refused
from concord.vault import session
from concord.vault.ceremony import handed_to
from concord.vault.errors import TooManyAtOnce
from concord.vault.keys import generate_passphrase


@door(staff)
@require_http_methods(["GET", "HEAD"])
def team(request: DeskRequest) -> HttpResponse:
    """Who belongs to the team, and whose keys wait for somebody to vouch for them."""
    return _team_page(request)


@door(organiser)
@require_http_methods(["POST"])
def add_colleague(request: DeskRequest) -> HttpResponse:
    """Bring somebody in. Their passphrase is on this one answer and nowhere else."""
    form = NewcomerForm(request.POST)
    if form.is_valid():
        try:
            newcomer = bring_in(
                **form.cleaned_data, countersigner=None, by=request.staff_member, at=request.at
            )
        except (Refused, ValueError) as refused:
            _say(form, refused)
        else:
            return render(request, "people/desk_newcomer.html", {"newcomer": newcomer})
    return _team_page(request, form=form)


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_keys(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Vouch for a colleague's keys, once their fingerprint was compared with them."""
    found = _colleague(request, staff_id)
    them = colleague(found)
    form = KeysForm(request.POST or None, initial={"fingerprint": them.fingerprint})
    if request.method == "POST" and form.is_valid():
        vouch_for(
            found,
            compared=form.cleaned_data["fingerprint"],
            by=request.staff_member,
            keyring=request.keyring,
            at=request.at,
        )
        messages.success(request, _("Their keys count from now on."))
        return redirect("team")
    page = {"colleague": them, "form": form}
    return render(request, "people/desk_confirm_keys.html", page)


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def end_colleague(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Somebody leaves the team; where that takes two, a second person is asked."""
    found = _colleague(request, staff_id)
    if Leaving.objects.filter(staff=found).exists():
        return redirect("leaving", found.id)
    form = SureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if takes_two(found):
            ask_to_end(found, by=request.staff_member, at=request.at)
            return redirect("leaving", found.id)
        end_designation(found, by=request.staff_member, at=request.at)
        messages.success(request, _("They open no door of the desk any more."))
        return redirect("team")
    page = {"colleague": colleague(found), "form": form, "takes_two": takes_two(found)}
    return render(request, "people/desk_end_colleague.html", page)


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Somebody asked that a colleague, or oneself, leaves: who asked, and the second person's yes."""
    asked, form = _leaving(request, staff_id), SureForm(request.POST or None)
    may_agree = may_agree_to_end(asked, request.staff_member, at=request.at)
    if request.method == "POST" and form.is_valid():
        end_designation(asked.staff, by=request.staff_member, at=request.at)
        messages.success(request, _("They open no door of the desk any more."))
        return redirect("team")
    page = {
        "asked": asked,
        "asker": StaffMember.objects.get(person=asked.asked_by),
        "is_oneself": asked.staff == request.staff_member,
        "may_agree": may_agree,
        "may_plan": request.staff_member.may_plan,
        "form": form,
    }
    return render(request, "people/desk_leaving.html", page)


@door(organiser)
@require_http_methods(["POST"])
def they_stay(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """It is taken back."""
    take_back_leaving(_leaving(request, staff_id), by=request.staff_member, at=request.at)
    messages.success(request, _("They stay."))
    return redirect("team")


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def passphrase(request: DeskRequest) -> HttpResponse:
    """Take another passphrase; the keys stay the same, but in place of one that was handed over."""
    member, is_first = request.staff_member, has_first_passphrase(request)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keyring = change_passphrase(member, **form.cleaned_data, at=request.at)
        except Refused as refused:
            _say(form, refused)
        else:
            if keyring.key_id != request.keyring.key_id:
                session.replace(request, keyring, at=request.at)
            end_sessions(member.person.logins.at_the_desk().get(), but=request.session.session_key)
            messages.success(
                request, _("Your new passphrase holds. The old one opens nothing now.")
            )
            return redirect("/" if is_first else "team")
    page = {"form": form, "offered": generate_passphrase(), "is_first": is_first}
    status = TooManyAtOnce.status if form.has_error(NON_FIELD_ERRORS, TOO_MANY) else 200
    return render(request, "people/desk_passphrase.html", page, status=status)


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def discretion(request: DeskRequest) -> HttpResponse:
    """Say that what one reads stays with oneself; nothing else opens before."""
    if request.method == "POST":
        pledge(request.staff_member, at=request.at)
        return redirect("/")
    return render(request, "people/desk_discretion.html", {"member": request.staff_member})


def _team_page(request: DeskRequest, **more: Any) -> HttpResponse:
    member = request.staff_member
    page = {
        "team": the_team(request.at),
        "me": member,
        "may_confirm": designated(request),
        "may_plan": member.may_plan,
        "leaving": {one.staff_id for one in leavings(member, at=request.at, own=True)},
        "recoveries": under_way_for_others(member, at=request.at),
        "has_share": handed_to(member.person_id) is not None,
        "form": NewcomerForm(),
        **more,
    }
    return render(request, "people/desk_team.html", page)


def _leaving(request: DeskRequest, staff_id: UUID) -> Leaving:
    """What was asked, for whoever plans or may agree to it; else there is nothing here."""
    current = Leaving.objects.filter(staff__in=StaffMember.objects.current(request.at))
    found = current.filter(staff=staff_id).select_related("staff").first()
    member = request.staff_member
    if found is None or not (member.may_plan or may_agree_to_end(found, member, at=request.at)):
        raise Http404
    return found


def _colleague(request: DeskRequest, staff_id: UUID) -> StaffMember:
    """A current colleague other than oneself; else there is nothing here."""
    others = StaffMember.objects.current(request.at).exclude(id=request.staff_member.id)
    found = others.filter(id=staff_id).first()
    if found is None:
        raise Http404
    return found


def _say(form: Form, refused: Refused | ValueError) -> None:
    words = str(refused.words if isinstance(refused, Refused) else refused)
    code = TOO_MANY if isinstance(refused, TooManyAtOnce) else None
    form.add_error(None, ValidationError(words, code=code))
