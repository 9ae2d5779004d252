"""Whom somebody hides from themselves: kept in a signed cookie of their own, and nowhere else (P-RISK-1).

A table of who hides whom would be a list of who fears whom, so there is none, and nothing here is recorded. What is
kept are the registrations that the reader already has on every post; the rooms leave their posts out. Whoever is
hidden is never told, and nothing in what they see changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Registration
from concord.people.current import person_of
from concord.refusals import Refused

COOKIE = "__Host-hidden"
MOST = 80
"""People hidden in one browser. One more is refused in words: nobody comes back unasked."""
LIFETIME = 60 * 60 * 24 * 180


class HidesAsManyAsFit(Refused):
    words = _("You hide as many people as this browser can keep. First show somebody again.")
    status = 409


class OneselfIsNotHidden(Refused):
    words = _("These are your own words.")
    status = 409


def may_be_hidden(person: UUID) -> QuerySet[Registration]:
    """Those whose posts this person can come across: registered for an event that they are registered for too."""
    return Registration.objects.filter(convening__registrations__person=person)


def met(person: UUID, author: UUID) -> Registration | None:
    """Somebody as this person may hide them, or None: they share no event, or it is the person themself."""
    return may_be_hidden(person).filter(person=author).exclude(person=person).first()


def hide(request: HttpRequest, response: HttpResponseBase, registration: Registration) -> None:
    """Let the browser keep that this person hides somebody. Raises HidesAsManyAsFit, OneselfIsNotHidden."""
    person = person_of(request)
    if person is not None and registration.person_id == person.id:
        raise OneselfIsNotHidden
    kept = _kept(request)
    if registration.id not in kept and len(kept) >= MOST:
        raise HidesAsManyAsFit
    _keep(request, response, [*(one for one in kept if one != registration.id), registration.id])


def show_again(request: HttpRequest, response: HttpResponseBase, registration: UUID) -> None:
    """Let the browser forget that somebody is hidden."""
    _keep(request, response, [one for one in _kept(request) if one != registration])


def hidden_by(request: HttpRequest) -> list[Registration]:
    """Whom this person hides, the newest first."""
    kept = _kept(request)
    known = Registration.objects.in_bulk(kept)
    return [known[one] for one in reversed(kept) if one in known]


def hidden_in(request: HttpRequest, convening: Convening) -> frozenset[UUID]:
    """The same people as they are registered for this event, whichever event they were hidden at."""
    kept = _kept(request)
    if not kept:
        return frozenset()
    people = Registration.objects.filter(id__in=kept).values("person")
    here = Registration.objects.filter(convening=convening, person__in=people)
    return frozenset(here.values_list("id", flat=True))


def _kept(request: HttpRequest) -> list[UUID]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=LIFETIME)
    except signing.BadSignature:
        return []
    return [UUID(one) for one in kept] if isinstance(kept, list) else []


def _keep(request: HttpRequest, response: HttpResponseBase, kept: Iterable[UUID]) -> None:
    about: dict[str, Any] = {"path": "/", "secure": True, "httponly": True, "samesite": "Lax"}
    words = [one.hex for one in kept]
    if not words:
        response.set_cookie(COOKIE, "", max_age=0, **about)
        return
    signed = signing.dumps(words, salt=_salt(request), compress=True)
    response.set_cookie(COOKIE, signed, max_age=LIFETIME, **about)


def _salt(request: HttpRequest) -> str:
    """Bound to the person, for a browser may be shared."""
    person = person_of(request)
    return f"concord.hidden:{person.id if person else UUID(int=0)}"
