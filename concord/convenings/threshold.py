"""The way into an event or a session, the same by every door: register, acknowledge, read the guidelines."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import UUIDField
from django.http import HttpRequest
from django.urls import reverse

from concord.convenings.guidelines_read import has_read
from concord.convenings.models import Convening, Registration, Session
from concord.doors import way_back
from concord.people.current import person_of
from concord.people.models import Person
from concord.policy.acknowledge import has_acknowledged
from concord.prepared import Prepared, Slot

_registration = Prepared(
    lambda: Registration.objects.filter(
        person=Slot("person", UUIDField()), convening=Slot("convening", UUIDField())
    )
)


def registration_of(person: Person | None, convening: Convening) -> Registration | None:
    """The person's registration for this event, or None."""
    if person is None:
        return None
    return _registration.first(person=person.id, convening=convening.id)


def step_before(
    request: HttpRequest, *, convening: Convening, session: Session | None, at: datetime
) -> str | None:
    """The page that comes before the one asked for, which it leads back to; None when the way is free.

    Whoever follows a deep link passes every step and lands in the room they asked for (P-ABIDE-1, P-GUIDE-1).
    The gate is not asked here: whoever opens the door asks it.
    """
    registration = registration_of(person_of(request), convening)
    return step_of(request, registration, convening=convening, session=session, at=at)


def step_of(
    request: HttpRequest,
    registration: Registration | None,
    *,
    convening: Convening,
    session: Session | None,
    at: datetime,
) -> str | None:
    """The same for whoever has looked the registration up already."""
    here = way_back(request)
    if registration is None:
        return step("register", convening.slug, here)
    if not has_acknowledged(registration, at=at):
        return step("acknowledge", convening.slug, here)
    if session is not None and not has_read(request, session):
        return step("guidelines", session.id, here)
    return None


def step(name: str, key: object, next_path: str) -> str:
    """The address of a step that leads back to a path."""
    return f"{reverse(name, args=[key])}?{urlencode({'next': next_path})}"
