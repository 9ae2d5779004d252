"""Participants' sign-in: an address, then a link or six digits; no password, and one answer for everyone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, anyone, door
from concord.people.arrival import arrive
from concord.people.ask_sign_in import ask_sign_in
from concord.people.browser import browser_of
from concord.people.current import login_of, person_of
from concord.people.end_sessions import end_sessions
from concord.people.forms import AskForm, CodeForm, YouForm
from concord.people.models import Source
from concord.people.name_organisation import name_organisation
from concord.people.onward import onward
from concord.people.organisations import affiliations_of, own_organisation
from concord.people.sign_in import AskedInAnotherBrowser, WayInHasEnded, WrongCode
from concord.people.sign_in import sign_in as let_in

BACKEND = "concord.people.passphrase.PassphraseBackend"


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for a way in. The answer is the same whether or not the address is known."""
    next_path = onward(request.POST.get("next") or request.GET.get("next"))
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_sign_in(
            form.cleaned_data["address"],
            browser=browser_of(request),
            carries={"next": next_path},
            language=request.LANGUAGE_CODE,
            at=request.at,
        )
        return redirect("sign_in_code")
    return render(request, "people/sign_in.html", {"form": form, "next": next_path})


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: Request) -> HttpResponse:
    """A mail is on its way: type its six digits here, or press its link in this browser."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _pass(request, form.cleaned_data["code"])
        except WrongCode as refused:
            form.add_error("code", str(refused.words))
    return render(request, "people/code.html", {"form": form})


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: Request, link: str) -> HttpResponse:
    """The link of the mail. Looking at it does nothing, for mail filters look too; the button signs in."""
    if request.method == "POST":
        return _pass(request, link)
    return render(request, "people/link.html")


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def you(request: Request) -> HttpResponse:
    """What we keep about where one belongs to; one's own word for it is changed and erased here."""
    person = person_of(request)
    if person is None:
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.path})}")
    own = own_organisation(person.id)
    form = YouForm(request.POST or None, initial={"organisation": own})
    if request.method == "POST" and form.is_valid():
        name_organisation(person, organisation=form.cleaned_data["organisation"], at=request.at)
        messages.success(request, _("This is what we keep now."))
        return redirect("you")
    noted = affiliations_of(person.id).filter(source=Source.STAFF)
    return render(request, "people/you.html", {"form": form, "own": own, "noted": noted})


@door(anyone)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """Leave, here and in every other browser, and leave nothing behind."""
    login = login_of(request)
    auth.logout(request)
    if login is not None:
        end_sessions(login)
    return HttpResponseRedirect("/")


def _pass(request: Request, link_or_code: str) -> HttpResponse:
    try:
        login = let_in(link_or_code, browser=browser_of(request), at=request.at)
    except (WayInHasEnded, AskedInAnotherBrowser) as refused:
        page = {"refused": refused, "form": AskForm()}
        return render(request, "people/not_signed_in.html", page, status=refused.status)
    path = arrive(login, at=request.at)
    auth.login(request, login, backend=BACKEND)
    return HttpResponseRedirect(path)
