"""A lost passphrase, brought back by two share-holders, each in a session of their own; and the new shares."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, anyone, door, on_desk
from concord.people.at_the_desk import DeskRequest
from concord.people.begin_recovery import begin_recovery, digest_of
from concord.people.finish_recovery import finish_recovery
from concord.people.forms import TOO_MANY
from concord.people.models import StaffMember
from concord.people.recovery_forms import (
    CodeForm,
    HandOutForm,
    NewPassphraseForm,
    OpenByPassphraseForm,
    ShareForm,
)
from concord.people.team import colleague, with_keys
from concord.people.type_share import type_share
from concord.people.who_may import designated, staff
from concord.refusals import Refused
from concord.vault import ceremony, recovery
from concord.vault.ceremony import Ceremony
from concord.vault.errors import SharesDoNotFit, TooManyAtOnce
from concord.vault.keys import generate_passphrase

CEREMONY = "people.ceremony"


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """A colleague lost their passphrase. Their code is on this one answer and nowhere else."""
    found = StaffMember.objects.current(request.at).exclude(id=request.staff_member.id)
    lost = found.filter(id=staff_id).first()
    if lost is None:
        raise Http404
    form = HandOutForm(
        request.POST or None,
        team=[one for one in with_keys(request.at) if one != lost],
        shares=recovery.number_of_shares(),
    )
    page = {"colleague": colleague(lost), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            begun = begin_recovery(
                lost,
                hands_to=form.cleaned_data["holders"],
                by=request.staff_member,
                at=request.at,
            )
        except Refused as refused:
            _say(form, refused)
        else:
            return render(request, "people/desk_lost_code.html", {**page, "begun": begun})
    return render(request, "people/desk_lost_begin.html", page)


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def add_share(request: DeskRequest, ceremony_id: UUID) -> HttpResponse:
    """Type one's own share. What others typed is shown to nobody."""
    under_way = _under_way(request, ceremony_id)
    form, status = ShareForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            type_share(
                under_way,
                share=form.cleaned_data["share"],
                by=request.staff_member,
                at=request.at,
            )
        except Refused as refused:
            _say(form, refused)
            status = refused.status
        else:
            messages.success(
                request, _("Your share is in. Nobody sees it, and you need do no more.")
            )
            return redirect("recovery", ceremony_id=ceremony_id)
    page = {
        "under_way": under_way,
        "lost": StaffMember.objects.get(person=under_way.holder),
        "begun_by": StaffMember.objects.filter(person=under_way.begun_by).first(),
        "hands_to": StaffMember.objects.filter(person__in=under_way.hands_to),
        "typed": under_way.typed.count(),
        "needed": recovery.threshold(),
        "is_typed": under_way.typed.filter(by=request.staff_member.person_id).exists(),
        "words": ceremony.words_to_compare(under_way) if under_way.public else "",
        "may_stop": designated(request),
        "form": form,
    }
    return render(request, "people/desk_lost_share.html", page, status=status)


@door(designated)
@require_POST
def stop(request: DeskRequest, ceremony_id: UUID) -> HttpResponse:
    """Something is wrong with it, or the passphrase was found again."""
    under_way = _under_way(request, ceremony_id)
    ceremony.stop(under_way, by=request.staff_member.person_id, at=request.at)
    messages.success(request, _("It is stopped; what was typed is gone."))
    return redirect("team")


@door(anyone, on_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: Request) -> HttpResponse:
    """For whoever lost their passphrase: a code, a new passphrase, and once the shares are in, that one again."""
    under_way = _of_this_browser(request)
    if under_way is None or "code" in request.POST:
        return _with_code(request)
    if not under_way.public or "new" in request.POST:
        return _choose(request, under_way)
    return _wait_or_finish(request, under_way)


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: DeskRequest) -> HttpResponse:
    """A new share of the recovery key, for oneself alone, until it is on paper."""
    person = request.staff_member.person_id
    handed = ceremony.handed_to(person)
    if handed is None:
        raise Http404
    if "taken" in request.POST:
        ceremony.take_share(handed, by=person, at=request.at)
        messages.success(request, _("It is kept here no more. Keep your paper well."))
        return redirect("team")
    words = ceremony.read_share(handed, request.keyring) if request.method == "POST" else ""
    return render(request, "people/desk_share.html", {"words": words, "handed": handed})


def _with_code(request: Request) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = ceremony.open_by_code(digest_of(form.cleaned_data["code"]), at=request.at)
        if found is not None:
            request.session.cycle_key()
            request.session[CEREMONY] = str(found.id)
            return redirect("lost")
        form.add_error(
            "code",
            _(
                "This code opens nothing here, or was used. If it was not you who used it, "
                "tell your colleague at once to stop it."
            ),
        )
    return render(request, "people/desk_lost.html", {"form": form})


def _choose(request: Request, under_way: Ceremony) -> HttpResponse:
    form, status = NewPassphraseForm(request.POST if "new" in request.POST else None), 200
    if form.is_valid():
        try:
            ceremony.choose_passphrase(under_way, form.cleaned_data["new"], at=request.at)
        except Refused as refused:
            _say(form, refused)
            status = refused.status
        else:
            return redirect("lost")
    page = {"form": form, "offered": generate_passphrase()}
    return render(request, "people/desk_lost_choose.html", page, status=status)


def _wait_or_finish(request: Request, under_way: Ceremony) -> HttpResponse:
    form, status = OpenByPassphraseForm(request.POST or None), 200
    typed, needed = under_way.typed.count(), recovery.threshold()
    if request.method == "POST" and form.is_valid():
        try:
            finish_recovery(under_way, passphrase=form.cleaned_data["passphrase"], at=request.at)
        except SharesDoNotFit as refused:
            form.add_error(
                None, _("The shares belong to an earlier key. Both holders type theirs anew.")
            )
            typed, status = 0, refused.status
        except Refused as refused:
            _say(form, refused)
            status = refused.status
        else:
            request.session.pop(CEREMONY, None)
            messages.success(
                request,
                _("Your new passphrase holds. Sign in with it; the second step is what it was."),
            )
            return redirect("account_login")
    page = {
        "form": form,
        "typed": typed,
        "needed": needed,
        "words": ceremony.words_to_compare(under_way),
        "is_ready": typed >= needed,
    }
    return render(request, "people/desk_lost_wait.html", page, status=status)


def _of_this_browser(request: Request) -> Ceremony | None:
    held = request.session.get(CEREMONY)
    return next((one for one in ceremony.alive(request.at) if str(one.id) == held), None)


def _under_way(request: DeskRequest, ceremony_id: UUID) -> Ceremony:
    """One that is under way for somebody else; for whoever it is about there is another page."""
    others = [
        one for one in ceremony.alive(request.at) if one.holder != request.staff_member.person_id
    ]
    found = next((one for one in others if one.id == ceremony_id), None)
    if found is None:
        raise Http404
    return found


def _say(form: Form, refused: Refused) -> None:
    code = TOO_MANY if isinstance(refused, TooManyAtOnce) else None
    form.add_error(None, ValidationError(str(refused.words), code=code))
