"""recognise_login: a login whose verified mailbox is that of a person under a decision in force (R-EVADE-1).

Only two things are recognised by themselves: the very account, which the gate refuses as it stands, and the
exact verified mailbox behind an alias. Before its verification a mailbox counts for nothing, and nothing is
kept about anybody who is not recognised.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from concord.access.gate import hold_mailboxes
from concord.access.models import Shut, ShutToken
from concord.access.signals import entry_refused
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.signals import executed
from concord.concurrence.terms import SHUTS
from concord.convenings.forget_people import remembers
from concord.evasion.models import Match
from concord.evasion.revoke_again import revoke_again
from concord.ledger.record import record
from concord.people.models import Login
from concord.people.signals import signed_in

STILL_LEAVING = timedelta(minutes=1)
NOTED_EVERY = timedelta(hours=1)
"""Whoever is refused may ask again a thousand times a minute; what it writes is one entry in this time."""


@receiver(signed_in)
def recognise_login(sender: Any, login: Login, at: datetime, **kwargs: Any) -> list[Match]:
    """Revoke again under each prior decision in force whose person had this very mailbox."""
    if not login.verified or login.canonical_token is None:
        return []
    hold_mailboxes([bytes(login.canonical_token)])
    decisions = decisions_for(bytes(login.canonical_token), but=login.person_id, at=at)
    return [
        revoke_again(
            decision, person=login.person_id, evidence="mailbox", at=max(at, decision.made_at)
        )
        for decision in decisions
    ]


@receiver(executed)
def recognise_second_logins(
    sender: Any, execution: Execution, decision: Decision, at: datetime, **kwargs: Any
) -> None:
    """When a decision takes hold, logins with the same mailbox that are in already go with it."""
    warrants = list(execution.warrants.filter(kind__in=SHUTS).values_list("id", "target"))
    tokens = ShutToken.objects.filter(
        shut__warrant__in=[warrant for warrant, _ in warrants], kind="mailbox"
    )
    others = Login.objects.filter(canonical_token__in=tokens.values("token"), verified=True)
    for person in set(others.values_list("person_id", flat=True)) - {
        target for _, target in warrants
    }:
        revoke_again(decision, person=person, evidence="mailbox", at=at)


@receiver(entry_refused)
def hold_at_the_door(
    sender: Any, person_id: UUID, shut_id: UUID, at: datetime, **kwargs: Any
) -> None:
    """The very account tried again: the gate refused it, and that is noted under the decision's id.

    A page that the decision has just taken away asks once more by itself. That is nobody's return, so what is
    refused within `STILL_LEAVING` of the decision is refused all the same, and not counted. Nor is what comes
    within `NOTED_EVERY` of a try that was noted: that writes nothing at all.
    """
    shut = Shut.objects.filter(id=shut_id).first()
    decision = decision_of(shut) if shut else None
    if decision is None or at - decision.made_at < STILL_LEAVING:
        return
    theirs = Match.objects.filter(decision=decision, person_id=person_id)
    if theirs.filter(held_at__gt=at - NOTED_EVERY).exists():
        return
    with transaction.atomic():
        match, first = Match.objects.get_or_create(
            decision=decision,
            person_id=person_id,
            defaults={"evidence": "account", "state": "held", "recognised_at": at},
        )
        still = Q(held_at__isnull=True) | Q(held_at__lte=at - NOTED_EVERY)
        if Match.objects.filter(still, id=match.id).update(held_at=at):
            record("evasion.held", actor=None, subject=decision.id, at=at, first=first)


@remembers
def undone_for(persons: list[UUID], at: datetime) -> set[UUID]:
    """For whom a match was undone under a decision in force: forgotten, they would be taken for it again."""
    undone = Match.objects.filter(
        person__in=persons, state="undone", decision__in=Decision.objects.in_force(at)
    )
    return set(undone.values_list("person", flat=True))


def decisions_for(mailbox: bytes, *, but: UUID, at: datetime) -> list[Decision]:
    """Decisions made about a person with this mailbox, other than `but` themself, that are not over."""
    shuts = Shut.objects.not_over(at).filter(
        id__in=ShutToken.objects.filter(kind="mailbox", token=mailbox).values("shut")
    )
    found = {decision_of(shut) for shut in shuts.exclude(person_id=but)}
    not_over = Decision.objects.not_over(at)
    return [decision for decision in found if decision and not_over.filter(id=decision.id).exists()]


def decision_of(shut: Shut) -> Decision | None:
    """The standing decision behind a shut, made by two people; also behind a repetition of it."""
    warrant = (
        Warrant.objects.select_related("execution__prior_decision").filter(id=shut.warrant).first()
    )
    if warrant is None:
        return None
    return (
        warrant.execution.prior_decision
        or Decision.objects.filter(execution=warrant.execution).first()
    )
