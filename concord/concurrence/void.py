"""void: what ends a version before it is carried out: withdrawal, edit, taking back, recusal, time."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.move import move
from concord.cases.signals import recused
from concord.concurrence.guards import NeedsCoordinator, NoLongerOpen, check_newest
from concord.concurrence.lend_standing import is_open
from concord.concurrence.models import OPEN_STATES, Concurrence, Decision, Proposal, State, Version
from concord.concurrence.signals import settled
from concord.ledger.record import record
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring

log = logging.getLogger("concord.concurrence")


@transaction.atomic
def withdraw(version: Version, *, by: StaffMember, at: datetime) -> Proposal:
    """The coordinator takes this text back. Raises `NeedsCoordinator`, `StaleVersion`, `NoLongerOpen`."""
    proposal = Proposal.objects.held(version.proposal_id)
    if by not in (proposal.case.coordinator, proposal.case.deputy):
        raise NeedsCoordinator(subject=proposal.id)
    check_newest(version, proposal.version)
    check_unexecuted(proposal)
    close(proposal, State.WITHDRAWN, by=by.person_id, at=at)
    return proposal


@transaction.atomic
def take_back(agreed: Concurrence, *, by: StaffMember, at: datetime) -> Concurrence:
    """Whoever agreed takes it back before it starts; the proposal is void and can be proposed again."""
    proposal = Proposal.objects.held(agreed.version.proposal_id)
    if agreed.person != by.person_id:
        raise NoLongerOpen(subject=proposal.id)
    check_unexecuted(proposal)
    close(proposal, State.VOIDED, by=by.person_id, at=at)
    agreed.refresh_from_db()
    return agreed


def check_unexecuted(proposal: Proposal) -> None:
    if proposal.state not in OPEN_STATES:
        raise NoLongerOpen(subject=proposal.id)


def close(proposal: Proposal, state: State, *, by: UUID | None, at: datetime) -> None:
    """Close an open proposal: its version and agreement are void.

    With nothing else proposed, and every step of what was carried out seen to hold, the case is back at ASSESSED.
    """
    void_version(proposal.version, at=at)
    proposal.state = state
    proposal.save(update_fields=["state"])
    case = Case.objects.select_for_update().get(id=proposal.case_id)
    if case.state == CaseState.ACTION_PENDING and not is_open(case):
        move(case, CaseState.ASSESSED, at=at)
    record(f"concurrence.{state.value}", actor=by, subject=proposal.id, at=at)
    settled.send(sender=Proposal, proposal=proposal, at=at)


def void_version(version: Version, *, at: datetime) -> None:
    """Void a version and the agreement on it."""
    Version.objects.filter(id=version.id, voided_at__isnull=True).update(voided_at=at)
    Concurrence.objects.filter(version=version, voided_at__isnull=True).update(voided_at=at)


@every("concurrence.lapse", seconds=30)
def lapse_all(job: Job, *, at: datetime) -> None:
    """Let proposals lapse that nobody agreed to, or carried out, in time: 60 minutes live, 48 hours else.

    One that fails holds up no other.
    """
    due = Version.objects.filter(
        lapses_at__lte=at, voided_at__isnull=True, proposal__state__in=OPEN_STATES
    )
    for version in due.select_related("proposal__case"):
        try:
            _let_lapse(version, at=at)
        except Exception:  # the others must not wait for this one
            log.exception("lapsing failed", extra={"kind": "concurrence.lapse"})


@transaction.atomic
def _let_lapse(version: Version, *, at: datetime) -> None:
    proposal = Proposal.objects.held(version.proposal_id)
    if proposal.state in OPEN_STATES and proposal.version.id == version.id:
        close(proposal, State.LAPSED, by=None, at=at)


@receiver(recused)
def void_what_they_agreed_to(
    sender: type[Case],
    case: Case,
    person: UUID,
    at: datetime,
    keyring: Keyring | None = None,
    **kwargs: Any,
) -> None:
    """A recusal takes the briefings and decisions away, and voids what the person proposed or agreed to.

    What they were the last to be asked for is declined. What was decided goes on with others, who are given it first.
    """
    from concord.concurrence.end_unasked import end_unasked
    from concord.concurrence.owe_decisions import owe_decision

    for decision in Decision.objects.filter(case=case):
        owe_decision(decision, without=person, keyring=keyring, at=at)
    for proposal in Proposal.objects.select_for_update().filter(case=case):
        was_asked = files.may_open(proposal.version.briefing, person)
        for version in proposal.versions.all():
            files.withdraw(version.briefing, person, at=at)
        if proposal.state in OPEN_STATES and _had_a_part(proposal.version, person):
            close(proposal, State.VOIDED, by=None, at=at)
        elif was_asked:
            end_unasked(proposal.id, at=at)
    for decision in Decision.objects.filter(case=case):
        files.withdraw(decision.file, person, at=at)


def _had_a_part(version: Version, person: UUID) -> bool:
    agreed = version.concurrences.filter(person=person, voided_at__isnull=True).exists()
    return version.proposer == person or agreed
