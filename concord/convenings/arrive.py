"""arrive: from a mailbox that was shown to be theirs into the event they asked for (P-OPEN-1, A-DENY-1)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from concord.access.gate import MayOnlyRead, admit
from concord.access.models import EVERYWHERE
from concord.convenings.models import Convening
from concord.convenings.register import register
from concord.convenings.rename import NameInUse, RenamedOften
from concord.people.arrival import leads_on
from concord.people.models import Login
from concord.people.onward import onward


@leads_on
def arrive(login: Login, at: datetime) -> str:
    """Ask the gate, register for the event that the sign-in carried, and return the path to go on to.

    Raises NotAdmitted, RegistrationHasEnded. The event's own page leads through what is left to do.
    """
    carried = login.carried or {}
    convening = _convening(carried)
    if convening is None:
        with transaction.atomic():
            admit(login.person_id, [EVERYWHERE], at=at)
        return onward(carried.get("next")) or "/"
    # Whoever is registered already, and may not take on this name, goes in under the one they have.
    with suppress(NameInUse, RenamedOften, MayOnlyRead):
        register(
            convening,
            person=login.person,
            display_name=carried["display_name"],
            pronouns=carried["pronouns"],
            organisation=carried.get("organisation", ""),
            at=at,
        )
    return next_after_registering(convening, carried.get("next"))


def next_after_registering(convening: Convening, next_path: object) -> str:
    """The policy first; from there on to what was asked for."""
    path = reverse("acknowledge", args=[convening.slug])
    asked_for = onward(next_path)
    return f"{path}?{urlencode({'next': asked_for})}" if asked_for else path


def _convening(carried: dict[str, Any]) -> Convening | None:
    return (
        Convening.objects.filter(id=carried["convening"]).first()
        if carried.get("convening")
        else None
    )
