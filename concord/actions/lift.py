"""lift: two people agree that a decision ends now; with other steps in its place, that it is varied (4.7).

A step that varies names in its detail whom the other steps go on holding: what two people read is what happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.access import gate
from concord.access.models import ShutToken
from concord.actions.apologise import say_it_is_open_again
from concord.actions.give_back import (
    end_decision,
    keeps_out,
    limits_under,
    notices_under,
    persons_under,
    shuts_under,
)
from concord.actions.models import Ending
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import LASTING, Target
from concord.monitoring.readers import acquainted_with
from concord.people.ties import ACQUAINTED, tied_to_tokens
from concord.refusals import Refused

CARRIES_ON = "carries_on"


class NothingToLift(Refused):
    """What is lifted is a decision of this very case that is still in force."""

    words = _("This decision has ended already, or belongs to another case. Nothing was changed.")
    status = 409


class NothingInItsPlace(Refused):
    """Varied, a decision ends for nobody but those of whom both people read that they are let in."""

    words = _(
        "A step that was to take the place of this decision was left out. Nothing was changed; please change "
        "the proposal."
    )
    status = 409


def in_place_of(decision: Decision, steps: Iterable[Target]) -> Target:
    """The step by which these others take the place of a decision."""
    held = persons_under(decision)
    goes_on = sorted(str(step.id) for step in steps if step.kind in LASTING and step.id in held)
    return Target(
        "lift", decision.id, decision.code, detail={CARRIES_ON: list(dict.fromkeys(goes_on))}
    )


def varies(target: Target) -> bool:
    """Whether something takes the place of the decision that this step ends."""
    return target.kind == "lift" and CARRIES_ON in target.detail


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The decision is in force, and of this case."""
    if not Decision.objects.in_force(at).filter(id=target.id, case=case).exists():
        raise NothingToLift(subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Whom it lets in again, or holds to nothing any more."""
    decision = Decision.objects.filter(id=target.id).first()
    let_go = persons_under(decision) - _carried_on(target.detail) if decision else set()
    return {
        "kind": "lift",
        "label": target.label,
        "people": len(let_go),
        "varies": varies(target),
        "lets_in": decision is not None and keeps_out(decision),
        "already": not Decision.objects.in_force(at).filter(id=target.id).exists(),
    }


def hold(targets: list[Target]) -> None:
    """The decisions, then everyone's gate, as whoever acts on a return takes them."""
    ids = [target.id for target in targets]
    decisions = list(Decision.objects.select_for_update().filter(id__in=ids).order_by("id"))
    persons = {
        held.person_id
        for each in decisions
        for held in (*shuts_under(each), *limits_under(each), *notices_under(each))
    }
    for person in sorted(persons):
        gate.hold(person)


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """End the decision under the warrant. Ended before, or tried once more, it does nothing.

    Raises `NothingInItsPlace` where a step that both had read of was left out since.
    """
    lifted = Decision.objects.get(id=warrant.target)
    held = persons_under(lifted)
    steps = warrant.execution.warrants.filter(kind__in=LASTING, target__in=held)
    renewed = set(steps.values_list("target", flat=True))
    if not _carried_on(detail) <= renewed:
        raise NothingInItsPlace(subject=lifted.id)
    ending = end_decision(
        lifted,
        how=Ending.How.VARIED if renewed else Ending.How.LIFTED,
        by=decision.execution.executed_by or warrant.execution_id,
        ends_at=at,
        at=at,
        warrant=warrant,
    )
    if ending is not None:
        say_it_is_open_again(held - renewed, lifted, at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """The decision is over, and nobody is held to anything under it."""
    lifted = Decision.objects.filter(id=warrant.target).first()
    return lifted is None or (
        not Decision.objects.in_force(at).filter(id=lifted.id).exists()
        and not shuts_under(lifted).in_force(at).exists()
        and not limits_under(lifted).in_force(at).exists()
        and not notices_under(lifted).in_force(at).exists()
    )


def excerpt(target: Target) -> str:
    return ""


def about(target: Target) -> UUID | None:
    return None


def also_about(target: Target) -> Iterable[UUID]:
    """Everybody whom the decision is about: their friends are not asked whether it ends. Of whoever is known by a
    mailbox alone, or was forgotten since, these are found by the tokens that lie with the shut."""
    decision = Decision.objects.filter(id=target.id).first()
    return persons_under(decision) | tied_to_tokens(_mailboxes(decision)) if decision else ()


def known_to(target: Target) -> Iterable[UUID]:
    """The same of those who said that they know them a little."""
    decision = Decision.objects.filter(id=target.id).first()
    return tied_to_tokens(_mailboxes(decision), kinds=ACQUAINTED) if decision else ()


def acquainted_under(decision: Decision) -> set[UUID]:
    """Who said that they know somebody under it a little, with or without a login here."""
    known = acquainted_with(persons_under(decision))
    return known | tied_to_tokens(_mailboxes(decision), kinds=ACQUAINTED)


def _mailboxes(decision: Decision) -> list[bytes]:
    kept = ShutToken.objects.filter(kind="mailbox", shut__in=shuts_under(decision))
    return [bytes(token) for token in kept.values_list("token", flat=True)]


def asks(targets: list[Target]) -> Iterable[str]:
    """Which decision ends."""
    for target in targets:
        decision = Decision.objects.filter(id=target.id).first()
        words = gettext("end decision %(code)s now and give access back")
        if varies(target):
            words = gettext("this takes the place of decision %(code)s, which ends now")
        elif decision is not None and not keeps_out(decision):
            words = gettext("end decision %(code)s now")
        yield words % {"code": target.label}


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """Everybody who may come in again; and everybody who was in, and may do there again what others may."""
    people = sum(step["people"] for step in previews if step.get("lets_in", True))
    eased = sum(step["people"] for step in previews if not step.get("lets_in", True))
    if people or not (eased or all(step.get("varies") for step in previews)):
        yield people, ngettext("person comes in again", "people come in again", people)
    if eased:
        yield (
            eased,
            ngettext("person is held to it no longer", "people are held to it no longer", eased),
        )


def _carried_on(detail: dict[str, Any]) -> set[UUID]:
    return {UUID(person) for person in detail.get(CARRIES_ON, ())}


register(
    Kind(
        "lift",
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
        also_about=also_about,
        known_to=known_to,
    )
)
