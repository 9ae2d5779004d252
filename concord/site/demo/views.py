"""The demo's own pages: the table, what happened so far, keys, codes and mails, what lies in the database."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from concord.concurrence.models import Concurrence, Proposal, Warrant
from concord.doors import Request, anyone, door
from concord.ledger.models import Entry
from concord.site.demo import script
from concord.site.demo.addresses import address
from concord.site.demo.post_box import post_box
from concord.site.demo.seating import planted
from concord.site.demo.seats import (
    AGAIN,
    AMARA,
    INES,
    KARIMA,
    RAVI,
    SEATS,
    Seat,
    browser_at,
    seat_at,
)
from concord.site.demo.second_factors import secret_of
from concord.site.demo.stored import stored
from concord.site.demo.story import STEPS, hint_for, measured, story
from concord.site.demo.totp import code_at
from concord.site.language import language_in

ENTRIES = 40


@door(anyone)
def table(request: Request) -> HttpResponse:
    """Choose a seat."""
    return render(request, "demo/table.html", _now() | _places())


@door(anyone)
def now(request: Request) -> HttpResponse:
    """The part of the table that changes: where the story stands, and what was measured."""
    return render(request, "demo/_now.html", _now())


@door(anyone)
def hidden(request: Request) -> HttpResponse:
    """The address of the proposal, as soon as there is one, for Ravi to try."""
    return render(request, "demo/_hidden.html", _now())


@door(anyone)
def mails(request: Request) -> HttpResponse:
    """Keys, codes and mails: what people would have in their heads, their pockets and their mailboxes."""
    team = [
        {"member": member, "code": code_at(secret_of(handle), request.at), "handle": handle}
        for handle, member in planted().team.items()
    ]
    more = {"team": team, "mails": post_box.mails(), "shares": planted().shares}
    return render(request, "demo/mails.html", more | _places())


@door(anyone)
def letters(request: Request) -> HttpResponse:
    """The part of that page that changes: the mails, newest first."""
    return render(request, "demo/_letters.html", {"mails": post_box.mails()})


@door(anyone)
def stored_page(request: Request) -> HttpResponse:
    """What somebody who broke into this server could read."""
    return render(request, "demo/stored.html", {"tables": stored()} | _places())


@door(anyone)
def ledger(request: Request) -> HttpResponse:
    """The newest entries of the ledger, refusals among them. The names beside the ids are the demo's."""
    entries = [
        {"entry": entry, "who": planted().name_of(entry.actor)}
        for entry in Entry.objects.order_by("-id")[:ENTRIES]
    ]
    return render(request, "demo/ledger.html", {"entries": entries} | _places())


@door(anyone)
def alone(request: Request) -> HttpResponse:
    """A button that the desk does not have: carry out what nobody else agreed to, at the real address."""
    proposal = Proposal.objects.open().first()
    address = _at_the_desk("execute", proposal.id) if proposal else ""
    version = proposal.version.id if proposal else ""
    page = {"execute_path": address, "version": version}
    return render(request, "demo/alone.html", page | _places())


@door(anyone)
def taken(request: Request, post_id: UUID) -> JsonResponse:
    """When the agreement to remove a post was given, for the screen that it went from."""
    warrant = Warrant.objects.filter(kind="delete", target=post_id).first()
    agreed = Concurrence.objects.filter(execution=warrant.execution).first() if warrant else None
    return JsonResponse({"agreed_at": agreed.concurred_at.timestamp() * 1000 if agreed else None})


@door(anyone)
def hint(request: Request) -> JsonResponse:
    """What whoever sits here can do next on a page (?at=) that stays open while the story goes on."""
    host = request.get_host()
    sitter = seat_at(host) or browser_at(host)
    words = hint_for(sitter, language_in(request.GET.get("at", ""))[1]) if sitter else ""
    return JsonResponse({"hint": str(words)})


def _now() -> dict[str, Any]:
    told = story()
    steps = [{"words": words, "place": place} for place, (_who, words) in enumerate(STEPS)]
    path = _at_the_desk("proposal", told.proposal.id) if told.proposal else ""
    return {
        "story": told,
        "steps": steps,
        "measured": measured(),
        "hidden_address": address(RAVI.host, path) if path else "",
    }


def _places() -> dict[str, Any]:
    register = reverse("register", args=[script.SLUG], urlconf=settings.ROOT_URLCONF)
    register += "?" + urlencode({"next": _hall()})
    return {
        "chairs": [(seat, address(seat.host, _first_page(seat))) for seat in SEATS],
        "bystanders": script.BYSTANDERS.values(),
        "again": AGAIN,
        "karima": KARIMA,
        "alone_address": address(AMARA.host, reverse("demo_alone")),
        "stored_address": address(INES.host, reverse("demo_stored")),
        "recused_address": address(RAVI.host),
        "again_address": address(AGAIN.host, register),
        "karima_address": address(KARIMA.host, register),
        "table": settings.CONCORD_PUBLIC,
    }


def _first_page(seat: Seat) -> str:
    """Where somebody who sits down there begins."""
    if seat is INES:
        return reverse("demo_stored")
    if seat is AMARA:
        return _at_the_desk("watch")
    return "/" if seat.desk else _hall()


def _hall() -> str:
    return reverse("room", args=[planted().hall.id], urlconf=settings.ROOT_URLCONF)


def _at_the_desk(name: str, *args: object) -> str:
    return reverse(name, args=args, urlconf=settings.CONCORD_DESK_URLCONF)
