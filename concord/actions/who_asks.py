"""Who of several asks to be looked at again. A number in a notice leads to a decision, and not to one of its people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from concord.access.gate import standing_behind
from concord.access.models import Limit, Notice, Shut
from concord.actions.models import ReviewRequest
from concord.actions.ring_unheld import is_over
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import EASED, SHUTS
from concord.convenings.known_members import names_in_rooms

HOLDS = SHUTS | EASED
"""Kinds of step under which somebody is held to something, and may ask us to look again."""


def step_told(request: ReviewRequest) -> Warrant | None:
    """The step of whoever asks, where the decision is on several and the way they came tells which of them."""
    standing = standing_behind(request.shut) if request.shut else None
    decision = request.decision
    if standing is None or decision is None or not is_on_several(decision):
        return None
    under = Warrant.objects.filter(
        Q(execution=decision.execution_id) | Q(execution__prior_decision=decision), kind__in=HOLDS
    )
    return under.filter(id=standing.warrant).first()


def is_on_several(decision: Decision) -> bool:
    """Whether more than one person is held to something, or whoever belongs to an organisation."""
    held = decision.execution.warrants.filter(kind__in=HOLDS)
    return held.order_by().values("target").distinct().count() > 1 or hasattr(
        decision, "organisation"
    )


def steps_of_each(request: ReviewRequest, *, at: datetime) -> list[tuple[UUID, str]]:
    """A step of each who is held to something now, with their name; empty where there is nothing to choose.

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
    steps = dict(decision.execution.warrants.filter(kind__in=HOLDS).values_list("id", "target"))
    standing = {
        warrant
        for made in (Shut, Limit, Notice)
        for warrant in made.objects.in_force(at)
        .filter(warrant__in=list(steps))
        .values_list("warrant", flat=True)
    }
    standing |= _letters_that_count(decision, at=at)
    names = names_in_rooms(steps.values())
    nobody = _("somebody who has no name in an event now")
    one_of = {steps[step]: step for step in sorted(standing, reverse=True)}
    found = [(step, names.get(person, nobody)) for person, step in one_of.items()]
    return sorted(found, key=lambda each: each[1].casefold())


def _letters_that_count(decision: Decision, *, at: datetime) -> set[UUID]:
    """Warnings that are a letter and nothing else: nothing at a gate shows that somebody is under one."""
    steps = decision.execution.warrants.filter(kind__in=HOLDS)
    return {
        step.id
        for step in steps
        if kind_of(step.kind).by_letter and not is_over(step, decision, at=at)
    }
