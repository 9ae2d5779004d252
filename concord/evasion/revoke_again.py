"""revoke_again: shut a returning person out under the prior decision, never wider, longer or later than it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut, ShutToken
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import SHUTS
from concord.evasion.models import Match
from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import Login, StaffMember
from concord.refusals import Refused
from concord.vault import files


class DecisionNotInForce(Refused):
    """The exception dies with the decision; after that a new proposal is needed (R-EVADE-2)."""

    words = _("That decision is no longer in force. Please propose again.")
    status = 409


class NotTheSameMailbox(Refused):
    """Only the very account or the exact verified mailbox is acted on without a new agreement."""

    words = _("Nothing shows that this is the same person. A new proposal can be made.")


class MayNotActOnAReturn(Refused):
    """Designated receivers act on a return, when they may see the decision at all."""

    words = _("This is not open to you.")


@transaction.atomic
def revoke_again(
    decision: Decision,
    *,
    person: UUID,
    evidence: str,
    at: datetime,
    by: UUID | None = None,
    reason: bytes | None = None,
) -> Match:
    """Revoke again, where the prior decision kept this very mailbox out and until then; no consultation is asked.

    Once dismissed or undone for a person, a match never comes back. Raises `DecisionNotInForce`,
    `NotTheSameMailbox`.
    """
    decision = Decision.objects.select_for_update().get(id=decision.id)
    before = Match.objects.filter(decision=decision, person_id=person).first()
    if before is not None:
        return before
    prior = _warrant_of_the_mailbox(decision, person)
    told_apart = _undone_before(prior, person) if prior else None
    if told_apart is not None:
        return told_apart
    execution = open_execution(decision, by=by, at=at)
    if prior is None:
        raise NotTheSameMailbox(subject=decision.id)
    if prior.until_at is None or prior.until_at > at:
        _carry_out(execution, decision, prior, person=person, at=at)
    leave("actions.verify", subject=execution.id, at=at)
    match = Match.objects.create(
        decision=decision,
        person_id=person,
        evidence=evidence,
        state="applied",
        execution=execution,
        applied_by=by,
        reason_sealed=reason,
        recognised_at=at,
    )
    record("evasion.revoke_again", actor=by, subject=decision.id, at=at, match=match.id)
    return match


def check_may_act(decision: Decision, *, by: StaffMember, at: datetime) -> None:
    """Raises `MayNotActOnAReturn` for whoever receives no reports, or may not open the decision."""
    if not (
        by.receives_reports and by.is_current(at) and files.may_open(decision.file, by.person_id)
    ):
        raise MayNotActOnAReturn(subject=decision.id)


def open_execution(decision: Decision, *, by: UUID | None, at: datetime) -> Execution:
    """An execution by authority of the prior decision. Raises `DecisionNotInForce`; the database does too."""
    if not Decision.objects.in_force(at).filter(id=decision.id).exists():
        raise DecisionNotInForce(subject=decision.id)
    return Execution.objects.create(prior_decision=decision, executed_by=by, executed_at=at)


def has_the_mailbox_of(decision: Decision, person: UUID) -> bool:
    """Whether the person's verified mailbox is one that a standing shut under the decision was given."""
    return _warrant_of_the_mailbox(decision, person) is not None


def _undone_before(prior: Warrant, person: UUID) -> Match | None:
    """An undone match of the two under an older decision, whose place another has taken since.

    Whoever is kept out may be under the older one by name, or because they came back.
    """
    undone = Match.objects.filter(person=person, state="undone")
    older = Execution.objects.filter(warrants__target=prior.target)
    under = Q(decision__execution__in=older) | Q(decision__in=older.values("prior_decision"))
    return undone.filter(under).first()


def _warrant_of_the_mailbox(decision: Decision, person: UUID) -> Warrant | None:
    """Under which warrant of the decision a mailbox of this person is kept out. Others under it are others."""
    warrants = Warrant.objects.filter(
        Q(execution=decision.execution_id) | Q(execution__prior_decision=decision), kind__in=SHUTS
    )
    mailboxes = Login.objects.filter(
        person_id=person, verified=True, canonical_token__isnull=False
    ).values("canonical_token")
    shuts = Shut.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at=decision.ended_at),
        warrant__in=list(warrants.values_list("id", flat=True)),
        id__in=ShutToken.objects.filter(kind="mailbox", token__in=mailboxes).values("shut"),
    )
    found = shuts.order_by("since_at", "id").values_list("warrant", flat=True).first()
    return warrants.filter(id=found).first() if found else None


def _carry_out(
    execution: Execution, decision: Decision, prior: Warrant, *, person: UUID, at: datetime
) -> None:
    scope: dict[str, Any] = {
        "scope_kind": prior.scope_kind,
        "scope_id": prior.scope_id,
        "until_at": min((end for end in (prior.until_at, decision.ended_at) if end), default=None),
        "review_on": prior.review_on,
    }
    warrant = Warrant.objects.create(execution=execution, kind="revoke", target=person, **scope)
    kind_of("revoke").carry_out(warrant, decision=decision, detail={}, at=at)
    Warrant.objects.filter(id=warrant.id).update(done_at=at)
