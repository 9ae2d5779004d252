"""carry_elsewhere: what was decided happens on platforms outside as well; our own door never waits for them.

A step there needs no new agreement, however often it is tried. It is tried for 72 hours, from one second to one hour
apart; then, or where the platform cannot do it at all, whoever coordinates the case does it by hand. Nothing is given
up in silence, and nothing is done under a decision that was given back meanwhile (workflow.md 4.5).
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from concord.access.models import EVERYWHERE, Place, Shut
from concord.access.signals import person_readmitted
from concord.actions import platforms
from concord.actions.models import Elsewhere, ElsewhereState
from concord.actions.platforms import BACK, DELETE, REVOKE, Answer, Platform, StrangerFailed
from concord.cases.seats import seats_who_see
from concord.concurrence.happening import is_happening
from concord.concurrence.lend_standing import happens_elsewhere
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.signals import executed
from concord.concurrence.terms import SHUTS
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every, handles
from concord.spaces.models import Post, Removal

JOB = "actions.elsewhere"
LIVE, OTHERWISE = timedelta(minutes=1), timedelta(hours=4)
"""Until when it is expected to hold there (workflow.md 4.9)."""
TRIED_FOR = timedelta(hours=72)
SOONEST, LATEST = 1.0, 3600.0
"""Seconds between two tries."""


@receiver(executed, dispatch_uid="actions.carry_elsewhere")
def carry_elsewhere(
    sender: type[Execution],
    execution: Execution,
    decision: Decision,
    at: datetime,
    **kwargs: Any,
) -> None:
    """In the executing transaction: a row and a job for each step on each platform that carries the place."""
    if not platforms.are_any():
        return
    done = execution.warrants.filter(kind__in=[*SHUTS, DELETE], done_at__isnull=False)
    for warrant, place in _places_of(list(done)):
        what = DELETE if warrant.kind == DELETE else REVOKE
        for one in platforms.platforms_at(place):
            _add(decision, warrant, one, what=what, at=at)


@receiver(person_readmitted, dispatch_uid="actions.give_back_elsewhere")
def give_back_elsewhere(sender: type[Shut], shut: Shut, at: datetime, **kwargs: Any) -> None:
    """What waits there is not done any more; what was done there is given back."""
    for step in Elsewhere.objects.select_for_update().filter(warrant=shut.warrant, what=REVOKE):
        one = platforms.platform(step.platform)
        if step.state in (ElsewhereState.QUEUED, ElsewhereState.BY_HAND):
            _settle(step, ElsewhereState.OVERTAKEN, at=at)
        elif step.state != ElsewhereState.OVERTAKEN and one is not None:
            if step.settled_at is None:
                _settle(step, ElsewhereState.OVERTAKEN, at=at)
            _add(step.decision, step.warrant, one, what=BACK, at=at)


@happens_elsewhere
def is_open_elsewhere(execution: Execution) -> bool:
    """Whether something under this execution still has to happen on a platform outside."""
    return Elsewhere.objects.open().filter(warrant__execution=execution).exists()


@handles(JOB, stranger=True)
def try_elsewhere(job: Job, *, at: datetime) -> None:
    """Ask the platform once, outside any transaction; then put down what came of it."""
    step = Elsewhere.objects.select_related("warrant", "decision__case").get(id=job.about)
    one = platforms.platform(step.platform)
    if step.settled_at is not None or step.is_by_hand:
        return
    if not _still_wanted(step):
        settle(step, ElsewhereState.OVERTAKEN, at=at)
        return
    try:
        if one is None:
            raise StrangerFailed(permanent=True)
        state = _ask(one, step)
    except StrangerFailed as failed:
        _postpone(step, permanent=failed.permanent, at=at)
    else:
        if state == ElsewhereState.VERIFIED:
            settle(step, state, at=at)
        elif state == ElsewhereState.BY_HAND:
            _to_a_person(step, at=at)
        else:
            _postpone(step, asked=True, at=at)


@every("actions.alarm_elsewhere", seconds=30)
def alarm_elsewhere(job: Job | None, *, at: datetime) -> int:
    """Past its clock, the coordinator and the deputy are told once; it stays open and red until it is done."""
    late = Elsewhere.objects.open().filter(due_at__lte=at, alarmed_at__isnull=True)
    ids = list(late.values_list("id", flat=True))
    for step in Elsewhere.objects.filter(id__in=ids).select_related("decision__case"):
        Elsewhere.objects.filter(id=step.id).update(alarmed_at=at)
        _tell(step, at=at)
        record("actions.late_elsewhere", actor=None, subject=step.decision_id, at=at, step=step.id)
    return len(ids)


def place_of(warrant: Warrant) -> Place:
    """Where it is carried out: the scope of a revocation, the room's own place of a deletion."""
    [(_warrant, place)] = _places_of([warrant])
    return place


def _places_of(warrants: list[Warrant]) -> list[tuple[Warrant, Place]]:
    """The same for many, in one question: a thousand posts can go at once."""
    posts = Post.objects.filter(id__in=[one.target for one in warrants if one.kind == DELETE])
    rooms = {
        id: Place("session", session) if session else Place("convening", convening)
        for id, session, convening in posts.values_list(
            "id", "room__session", "room__convening"
        ).order_by()
    }
    return [
        (
            one,
            rooms.get(one.target, EVERYWHERE)
            if one.kind == DELETE
            else Place(one.scope_kind, one.scope_id),
        )
        for one in warrants
    ]


@transaction.atomic
def settle(step: Elsewhere, state: ElsewhereState, *, at: datetime) -> None:
    """It is over there, one way or another; when nothing else is open the case goes on."""
    _settle(Elsewhere.objects.select_for_update().get(id=step.id), state, at=at)


def _settle(step: Elsewhere, state: ElsewhereState, *, at: datetime) -> None:
    Elsewhere.objects.filter(id=step.id, settled_at__isnull=True).update(state=state, settled_at=at)
    record(
        f"actions.elsewhere_{state.value}",
        actor=None,
        subject=step.decision_id,
        at=at,
        step=step.id,
    )
    leave("actions.verify", subject=step.warrant.execution_id, at=at)


def _add(decision: Decision, warrant: Warrant, one: Platform, *, what: str, at: datetime) -> None:
    able = what in one.can
    step, new = Elsewhere.objects.get_or_create(
        warrant=warrant,
        platform=one.name,
        what=what,
        defaults={
            "decision": decision,
            "state": ElsewhereState.QUEUED if able else ElsewhereState.BY_HAND,
            "since_at": at,
            "due_at": at + (LIVE if is_happening(decision.case, warrants=[warrant]) else OTHERWISE),
        },
    )
    if new and able:
        leave(JOB, subject=step.id, at=at)
    elif new:
        _tell(step, at=at)


def _ask(one: Platform, step: Elsewhere) -> ElsewhereState:
    asked = (step.what, step.warrant.target)
    place = place_of(step.warrant)
    if step.state != ElsewhereState.ASKED:
        if one.act(*asked, place=place, key=step.id) == Answer.NOT_POSSIBLE:
            return ElsewhereState.BY_HAND
        Elsewhere.objects.filter(id=step.id).update(state=ElsewhereState.ASKED)
    if one.holds(*asked, place=place):
        return ElsewhereState.VERIFIED
    return ElsewhereState.ASKED


@transaction.atomic
def _postpone(
    step: Elsewhere, *, at: datetime, permanent: bool = False, asked: bool = False
) -> None:
    step = Elsewhere.objects.select_for_update().select_related("warrant").get(id=step.id)
    if step.settled_at is not None:
        return
    if permanent or at - step.since_at >= TRIED_FOR:
        _to_a_person(step, at=at)
        return
    state = ElsewhereState.ASKED if asked else ElsewhereState.RETRYING
    attempts = step.attempts + 1
    Elsewhere.objects.filter(id=step.id).update(state=state, attempts=attempts, tried_at=at)
    pause = min(SOONEST * 2 ** min(attempts - 1, 12), LATEST) * random.uniform(0.9, 1.1)  # noqa: S311
    leave(JOB, subject=step.id, at=at, due_at=at + timedelta(seconds=pause))


def _to_a_person(step: Elsewhere, *, at: datetime) -> None:
    changed = Elsewhere.objects.filter(id=step.id, settled_at__isnull=True)
    changed.update(state=ElsewhereState.BY_HAND, tried_at=at)
    record("actions.elsewhere_by_hand", actor=None, subject=step.decision_id, at=at, step=step.id)
    _tell(step, at=at)


def _tell(step: Elsewhere, *, at: datetime) -> None:
    """Whoever coordinates, and the deputy: by the desk's stream, and by a notice without contents.

    Where neither can open it any more, the outside contact: they hand the case to somebody who can.
    """
    persons = seats_who_see(step.decision.case)
    tell_desks(persons, "decision", step.decision_id)
    ring(persons, at=at, at_once=True)
    if not persons:
        words = _("Decision %(code)s waits to be carried out by hand, and nobody on the team can.")
        tell_outside(words, code=step.decision.code, at=at)


def _still_wanted(step: Elsewhere) -> bool:
    """A late try undoes no undo: nothing is shut or deleted there that has been given back here."""
    if step.what == BACK:
        return True
    if step.what == DELETE:
        return not Removal.objects.filter(warrant=step.warrant_id, undone_at__isnull=False).exists()
    return Shut.objects.filter(warrant=step.warrant_id, ended_at__isnull=True).exists()
