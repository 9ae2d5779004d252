"""Who of several asks to be looked at again. A number in a notice leads to a decision, and not to one of its people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from concord.access.models import Shut
from concord.actions.models import ReviewRequest
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import SHUTS
from concord.convenings.known_members import names_in_rooms


def step_told(request: ReviewRequest) -> Warrant | None:
    """The step of whoever asks, where the decision keeps out several and the way they came tells which of them."""
    standing = Shut.objects.filter(id=request.shut).first() if request.shut else None
    decision = request.decision
    if standing is None or decision is None or not is_on_several(decision):
        return None
    under = Warrant.objects.filter(
        Q(execution=decision.execution_id) | Q(execution__prior_decision=decision), kind__in=SHUTS
    )
    return under.filter(id=standing.warrant).first()


def is_on_several(decision: Decision) -> bool:
    """Whether more than one person is kept out, or whoever belongs to an organisation."""
    steps = decision.execution.warrants.filter(kind__in=SHUTS).count()
    return steps > 1 or hasattr(decision, "organisation")


def steps_of_each(request: ReviewRequest, *, at: datetime) -> list[tuple[UUID, str]]:
    """Each step that keeps somebody out now, with their name; empty where there is nothing to choose.

    That is where one person is meant, where the way they came told which, and where whoever reported asks.
    """
    decision = request.decision
    if (
        decision is None
        or request.kind == "reporter"
        or not is_on_several(decision)
        or step_told(request) is not None
    ):
        return []
    steps = dict(decision.execution.warrants.filter(kind__in=SHUTS).values_list("id", "target"))
    shut = Shut.objects.in_force(at).filter(warrant__in=list(steps))
    names = names_in_rooms(steps.values())
    nobody = _("somebody who has no name in an event now")
    found = [
        (step, names.get(steps[step], nobody)) for step in shut.values_list("warrant", flat=True)
    ]
    return sorted(found, key=lambda each: each[1].casefold())
