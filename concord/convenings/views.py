"""Events for those who take part: look, register, acknowledge the policy, read the guidelines, go in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.access.gate import MayOnlyRead
from concord.convenings.arrive import next_after_registering
from concord.convenings.at_the_door import at_the_door
from concord.convenings.by_day import by_day
from concord.convenings.forms import OwnNameForm, ReadForm, RegisterForm
from concord.convenings.guidelines_read import guidelines_of, mark_read
from concord.convenings.models import Convening, Registration, Session
from concord.convenings.names_here import NameOfTheTeam, check_name
from concord.convenings.register import register as take_registration
from concord.convenings.rename import NameInUse, RenamedOften, rename
from concord.convenings.threshold import registration_of, step, step_before
from concord.doors import Request, anyone, door, way_back
from concord.people.ask_sign_in import ask_sign_in
from concord.people.browser import browser_of
from concord.people.current import person_of
from concord.people.onward import onward
from concord.people.organisations import own_organisation
from concord.policy.acknowledge import NotInForce, has_acknowledged
from concord.policy.acknowledge import acknowledge as take_acknowledgement
from concord.policy.forms import AcknowledgeForm
from concord.policy.models import Version


@door(anyone)
@require_safe
def home(request: Request) -> HttpResponse:
    """Events that are on, or will be."""
    return render(request, "convenings/home.html", {"convenings": Convening.objects.not_over()})


@door(anyone)
@require_safe
def event(request: Request, slug: str) -> HttpResponse:
    """One event: what it is and when; for those who are in, the way to its rooms. Never who attends."""
    convening = _convening(slug)
    registration = registration_of(person_of(request), convening)
    page = {
        "convening": convening,
        "days": by_day(list(convening.sessions.all()), at=request.at),
        "registration": registration,
        "acknowledged": bool(registration and has_acknowledged(registration, at=request.at)),
        "door": at_the_door(convening, at=request.at) if registration else None,
    }
    return render(request, "convenings/event.html", page)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Request, slug: str) -> HttpResponse:
    """Register with a name and an address; the answer is the same for an address known or unknown."""
    convening, person = _convening(slug), person_of(request)
    next_path = onward(request.POST.get("next") or request.GET.get("next"))
    form = RegisterForm(
        request.POST or None,
        asks_address=person is None,
        asks_organisation=person is None or not own_organisation(person.id),
        initial=_known(registration_of(person, convening)),
    )
    if request.method == "POST" and form.is_valid() and _may_be_called(request, form):
        typed = ("display_name", "pronouns", "organisation")
        named = {key: form.cleaned_data[key] for key in typed if key in form.fields}
        if person is not None:
            take_registration(convening, person=person, at=request.at, **named)
            return HttpResponseRedirect(next_after_registering(convening, next_path))
        ask_sign_in(
            form.cleaned_data["address"],
            browser=browser_of(request),
            carries={"convening": str(convening.id), "next": next_path, **named},
            language=request.LANGUAGE_CODE,
            at=request.at,
        )
        return redirect("sign_in_code")
    page = {"convening": convening, "form": form, "next": next_path, "person": person}
    return render(request, "convenings/register.html", page)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def own_name(request: Request, slug: str) -> HttpResponse:
    """How others see one in this event: name and pronouns, changed by oneself, everywhere at once (V-MISGENDER-1)."""
    convening, person = _convening(slug), person_of(request)
    registration = registration_of(person, convening)
    next_path = onward(request.POST.get("next") or request.GET.get("next"))
    if person is None or registration is None:
        return HttpResponseRedirect(step("register", slug, way_back(request)))
    form = OwnNameForm(request.POST or None, initial=_known(registration))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            rename(registration, **form.cleaned_data, by=person.id, at=request.at)
        except (NameOfTheTeam, NameInUse) as refused:
            form.add_error("display_name", str(refused.words))
            status = refused.status
        except (RenamedOften, MayOnlyRead) as refused:
            form.add_error(None, str(refused.words))
            status = refused.status
        else:
            messages.success(
                request, _("Done. Every room shows it now, also beside what you wrote before.")
            )
            return HttpResponseRedirect(next_path or reverse("event", args=[slug]))
    page = {"convening": convening, "form": form, "next": next_path}
    return render(request, "convenings/own_name.html", page, status=status)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: Request, slug: str) -> HttpResponse:
    """Read the version in force and confirm it, before the first entry and after each change (P-ABIDE-1).

    From there on to what was asked for, or to the event with its sessions.
    """
    convening = _convening(slug)
    registration = registration_of(person_of(request), convening)
    next_path = onward(request.POST.get("next") or request.GET.get("next"))
    if registration is None:
        return HttpResponseRedirect(step("register", slug, way_back(request)))
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_acknowledgement(registration, version=form.cleaned_data["version"], at=request.at)
        except NotInForce as refused:
            form = AcknowledgeForm()
            return _policy_page(request, convening, form, next_path, refused=refused)
        return HttpResponseRedirect(next_path or reverse("event", args=[slug]))
    return _policy_page(request, convening, form, next_path)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def guidelines(request: Request, session_id: UUID) -> HttpResponse:
    """Read how to engage in this session, and confirm it, before entering its room (P-GUIDE-1)."""
    session = Session.objects.select_related("convening").filter(id=session_id).first()
    if session is None:
        raise Http404
    first = step_before(request, convening=session.convening, session=None, at=request.at)
    if first is not None:
        return HttpResponseRedirect(first)
    held = guidelines_of(session)
    next_path = onward(request.POST.get("next") or request.GET.get("next"))
    form = ReadForm(request.POST or None)
    changed = False
    if held and request.method == "POST" and form.is_valid():
        if form.cleaned_data["number"] == held.number:
            response = HttpResponseRedirect(next_path or reverse("room", args=[session.id]))
            mark_read(request, response, held)
            return response
        form, changed = ReadForm(), True
    page = {
        "session": session,
        "guidelines": held,
        "form": form,
        "next": next_path,
        "changed": changed,
    }
    return render(request, "convenings/guidelines.html", page, status=409 if changed else 200)


def _may_be_called(request: Request, form: RegisterForm) -> bool:
    """Whether the name is free of those of the team; else the form says so before anything is mailed."""
    try:
        check_name(form.cleaned_data["display_name"], person=person_of(request), at=request.at)
    except NameOfTheTeam as refused:
        form.add_error("display_name", str(refused.words))
        return False
    return True


def _policy_page(
    request: Request,
    convening: Convening,
    form: AcknowledgeForm,
    next_path: str | None,
    refused: NotInForce | None = None,
) -> HttpResponse:
    version = Version.objects.in_force(request.at)
    page = {
        "convening": convening,
        "version": version,
        "text": version.text_in(request.LANGUAGE_CODE) if version else None,
        "form": form,
        "next": next_path,
        "refused": refused,
    }
    return render(
        request, "convenings/acknowledge.html", page, status=refused.status if refused else 200
    )


def _convening(slug: str) -> Convening:
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    return convening


def _known(registration: Registration | None) -> dict[str, str]:
    if registration is None:
        return {}
    return {"display_name": registration.display_name, "pronouns": registration.pronouns}
