"""release_member: two people agree that one of several is let in again, and for the others it goes on (4.7).

A decision on an organisation, or on several people, has a step for each of them, and each step has an undo of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.access import gate
from concord.access.models import Shut, ShutQuerySet
from concord.access.shut import end_shut
from concord.actions.apologise import say_it_is_open_again
from concord.actions.give_back import shuts_of_step
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import SHUTS, Target
from concord.refusals import Refused


class NotKeptOut(Refused):
    """Who is let in again is kept out under a decision of this very case that is still in force."""

    words = _(
        "This person is not kept out by this decision any more, or it belongs to another case. "
        "Nothing was changed."
    )
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The step keeps somebody out now, under a decision of this case."""
    decision = _decision(target.id)
    if (
        decision is None
        or decision.case_id != case.id
        or not Decision.objects.in_force(at).filter(id=decision.id).exists()
        or not Shut.objects.in_force(at).filter(warrant=target.id).exists()
    ):
        raise NotKeptOut(subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Who comes in again."""
    return {"kind": "release", "label": target.label, "id": str(target.id)}


def hold(targets: list[Target]) -> None:
    """The decisions, then the gate of each, as whoever lifts one takes them."""
    decisions = {found.id for each in targets if (found := _decision(each.id))}
    list(Decision.objects.select_for_update().filter(id__in=decisions).order_by("id"))
    persons = {shut.person_id for each in targets for shut in _shuts(each.id)}
    for person in sorted(persons):
        gate.hold(person)


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Let them in again, by every mailbox under which they were met. Done before, it does nothing."""
    ended = [shut for shut in _shuts(warrant.target) if shut.ended_at is None]
    for shut in ended:
        end_shut(shut, by=decision.execution.executed_by, at=at)
    eased = _decision(warrant.target)
    if ended and eased is not None:
        say_it_is_open_again({shut.person_id for shut in ended}, eased, at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """Nothing under that step keeps them out."""
    return not any(shut.ended_at is None or shut.ended_at > at for shut in _shuts(warrant.target))


def excerpt(target: Target) -> str:
    return ""


def about(target: Target) -> UUID | None:
    step = Warrant.objects.filter(id=target.id, kind__in=SHUTS).first()
    return step.target if step else None


def asks(targets: list[Target]) -> Iterable[str]:
    """How many are let in again."""
    people = len(targets)
    yield gettext("give access back to %(people)s, while the decision goes on for the others") % {
        "people": ngettext("one person", "%(n)d people", people) % {"n": people}
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """Those who may come in again."""
    people = len({step["id"] for step in previews})
    yield people, ngettext("person comes in again", "people come in again", people)


def says(target: Target) -> str:
    decision = _decision(target.id)
    return gettext("under decision %(code)s") % {"code": decision.code} if decision else ""


def _decision(step: UUID) -> Decision | None:
    """The decision under which this step keeps somebody out; not one that only repeats another."""
    return (
        Decision.objects.select_related("execution", "case")
        .filter(execution__warrants=step, execution__warrants__kind__in=SHUTS)
        .first()
    )


def _shuts(step: UUID) -> ShutQuerySet:
    """What keeps them out: their own step, and returns that were met by a mailbox of theirs."""
    decision = _decision(step)
    if decision is None:
        return Shut.objects.none()
    return shuts_of_step(decision, step)


register(
    Kind(
        "release",
        3,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        says=says,
    )
)
