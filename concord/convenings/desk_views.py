"""Planning at the desk: events, their sessions and guidelines, who is on call, and what is still missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord import refusals
from concord.convenings.by_day import by_day
from concord.convenings.call_off_session import call_off_session as call_off
from concord.convenings.call_off_session import put_back_session as put_back
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.end_convening import end_convening
from concord.convenings.end_session import end_session as end_the_session
from concord.convenings.forms import ConveningForm, GuidelinesForm, SessionForm
from concord.convenings.guidelines_read import guidelines_of, guidelines_of_each
from concord.convenings.models import Convening, Session
from concord.convenings.open_convening import NotReady, open_convening
from concord.convenings.open_session import open_session as open_the_session
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.convenings.readiness import on_call_for, readiness
from concord.convenings.send_guidelines import sendings_of
from concord.doors import actor_of, door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import organiser
from concord.refusals import Refused


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: DeskRequest) -> HttpResponse:
    """All events, and a form for a new one."""
    form = ConveningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_convening(**form.cleaned_data, by=request.staff_member, at=request.at)
            return redirect("plan", made.slug)
        except (Refused, ValueError) as refused:
            _say(form, refused)
    page = {"convenings": Convening.objects.all(), "form": form}
    return render(request, "convenings/desk_events.html", page)


@door(organiser)
@require_http_methods(["GET", "HEAD"])
def plan(request: DeskRequest, slug: str) -> HttpResponse:
    """One event: what is missing, its sessions, who is on call."""
    return _plan_page(request, _convening(slug))


@door(organiser)
@require_POST
def add_session(request: DeskRequest, slug: str) -> HttpResponse:
    """Plan a session of an event."""
    convening, form = _convening(slug), SessionForm(request.POST)
    if form.is_valid():
        try:
            plan_session(convening, **form.cleaned_data, by=request.staff_member, at=request.at)
            return redirect("plan", slug)
        except (Refused, ValueError) as refused:
            _say(form, refused)
    return _plan_page(request, convening, session_form=form)


@door(organiser)
@require_POST
def open_event(request: DeskRequest, slug: str) -> HttpResponse:
    """Open an event, or say what is missing."""
    convening = _convening(slug)
    try:
        open_convening(convening, by=request.staff_member, at=request.at)
    except NotReady as refused:
        return _not_ready(request, convening, refused)
    messages.success(request, _("The event is open. Its lobby can be entered now."))
    return redirect("plan", slug)


@door(organiser)
@require_POST
def end_event(request: DeskRequest, slug: str) -> HttpResponse:
    """End an event with all its sessions."""
    end_convening(_convening(slug), by=request.staff_member, at=request.at)
    return redirect("plan", slug)


@door(organiser)
@require_http_methods(["GET", "HEAD", "POST"])
def session_guidelines(request: DeskRequest, session_id: UUID) -> HttpResponse:
    """Write and confirm the guidelines of one session."""
    session = _session(session_id)
    held = guidelines_of(session)
    form = GuidelinesForm(request.POST or None, initial={"text": held.text if held else ""})
    if request.method == "POST" and form.is_valid():
        try:
            confirm_guidelines(
                session, text=form.cleaned_data["text"], by=request.staff_member, at=request.at
            )
            messages.success(request, _("Confirmed. People read these before they enter."))
            return redirect("plan", session.convening.slug)
        except (Refused, ValueError) as refused:
            _say(form, refused)
    page = {"session": session, "form": form, "held": held}
    return render(request, "convenings/desk_guidelines.html", page)


@door(organiser)
@require_POST
def open_session(request: DeskRequest, session_id: UUID) -> HttpResponse:
    """Open a session, or say what is missing."""
    session = _session(session_id)
    try:
        open_the_session(session, by=request.staff_member, at=request.at)
    except NotReady as refused:
        return _not_ready(request, session.convening, refused)
    return redirect("plan", session.convening.slug)


@door(organiser)
@require_POST
def end_session(request: DeskRequest, session_id: UUID) -> HttpResponse:
    """End a session."""
    session = _session(session_id)
    end_the_session(session, by=request.staff_member, at=request.at)
    return redirect("plan", session.convening.slug)


@door(organiser)
@require_POST
def call_off_session(request: DeskRequest, session_id: UUID) -> HttpResponse:
    """It does not take place."""
    session = call_off(_session(session_id), by=request.staff_member, at=request.at)
    return redirect("plan", session.convening.slug)


@door(organiser)
@require_POST
def put_back_session(request: DeskRequest, session_id: UUID) -> HttpResponse:
    """It does after all."""
    session = put_back(_session(session_id), by=request.staff_member, at=request.at)
    return redirect("plan", session.convening.slug)


def _plan_page(
    request: DeskRequest, convening: Convening, status: int = 200, **more: Any
) -> HttpResponse:
    """What is missing counts from now, or from the start of an event that lies ahead."""
    when = max(request.at, convening.starts_at)
    lacking = readiness(convening, when)
    page = {
        "convening": convening,
        "when": when,
        "now": request.at,
        "missing": [one for one in lacking if one.session is None],
        "shut": [one for one in lacking if one.session is not None],
        "days": by_day(
            _sessions(convening, request.at),
            at=request.at,
            session_of=lambda one: one["session"],
        ),
        "on_call": on_call_for(convening, when),
        "session_form": SessionForm(),
        **more,
    }
    return render(request, "convenings/desk_plan.html", page, status=status)


def _sessions(convening: Convening, at: datetime) -> list[dict[str, Any]]:
    """Each session with its guidelines, and how far their letters have come."""
    sessions = list(convening.sessions.select_related("convening"))
    held = guidelines_of_each(sessions)
    confirmed = {one: held[one.id] for one in sessions if one.id in held}
    sendings = sendings_of(convening, confirmed, at=at)
    return [
        {"session": one, "guidelines": held.get(one.id), "sending": sendings.get(one.id)}
        for one in sessions
    ]


def _not_ready(request: DeskRequest, convening: Convening, refused: NotReady) -> HttpResponse:
    refusals.tell(refused, actor=actor_of(request), at=request.at)
    return _plan_page(
        request,
        convening,
        status=refused.status,
        refused=refused,
        missing=[one for one in refused.missing if one.session is None],
    )


def _say(form: Form, refused: Refused | ValueError) -> None:
    form.add_error(None, str(refused.words if isinstance(refused, Refused) else refused))


def _convening(slug: str) -> Convening:
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    return convening


def _session(session_id: UUID) -> Session:
    session = Session.objects.select_related("convening").filter(id=session_id).first()
    if session is None:
        raise Http404
    return session
