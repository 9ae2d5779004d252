"""execute: carry out what two people agreed to, once, with every guard asked again in the same transaction."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.concurrence.contents import effect_of, read_contents, targets_of
from concord.concurrence.guards import (
    ClockIsBehind,
    NeedsAnotherStaffMember,
    check_coordinates,
    check_key,
    check_newest,
    check_no_conflict,
    check_not_acquainted,
    check_on_the_team,
    check_open,
    check_proposer,
    check_read,
    check_staff,
)
from concord.concurrence.kinds import Kind, in_order, kind_of
from concord.concurrence.manifest import AGREED, PROPOSED, commitment_of, digest_of
from concord.concurrence.models import (
    Concurrence,
    Decision,
    Execution,
    GroundCount,
    Proposal,
    State,
    Version,
    Warrant,
)
from concord.concurrence.propose import about_of, known_to
from concord.concurrence.signals import executed, settled
from concord.concurrence.terms import GIVE_BACK, LASTING, Target
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files, signatures
from concord.vault.keyring import Keyring


class NeedsConcurrence(Refused):
    """Nothing happens to anybody before another staff member has agreed to this exact text."""

    words = _("Nobody else has agreed to this yet. Nothing was changed.")


class SignatureDoesNotHold(Refused):
    """A signature on this version is not by the person it names: the rows were changed by somebody else."""

    words = _(
        "The signatures on this proposal do not hold. Nothing was changed, and the team is told."
    )
    status = 409


@transaction.atomic
def execute(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Execution:
    """The coordinator's own press, after a colleague agreed. Pressed twice, it returns the first execution.

    Nobody carries out a text that they have not read: not one that took the place of what their page shows either.
    Raises `NeedsConcurrence`, `NeedsCoordinator`, `NeedsAdopting`, `NeedsOpening`, `HasAConflict`,
    `ProposerHasAConflict`, `StaleVersion`, `NoLongerOpen`, `Lapsed`, `ClockIsBehind`, `SignatureDoesNotHold`.
    """
    proposal = Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    check_coordinates(version, by)
    check_newest(version, proposal.version)
    agreed = version.concurrences.filter(voided_at__isnull=True).first()
    if agreed is None:
        raise NeedsConcurrence(subject=proposal.id)
    done = Execution.objects.filter(concurrence=agreed).first()
    if done is not None:
        return done
    check_open(version, at=at, states=(State.CONCURRED,))
    check_read(version, by.person_id)
    contents = read_contents(version, keyring=keyring)
    return carry_out(agreed, contents=contents, by=by, keyring=keyring, at=at)


def carry_out(
    agreed: Concurrence,
    *,
    contents: dict[str, Any],
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> Execution:
    """Write the execution, the decision and a warrant for each step, and do each step under its warrant.

    Called with the proposal's row locked. Either all of it commits or nothing does.
    """
    version = Version.objects.select_related("proposal__case").get(id=agreed.version_id)
    targets = targets_of(
        contents
    )  # those set aside too: a friend of theirs has no part in it either way
    contents = _without_set_aside(contents, version)
    _check_both(agreed, version, targets=targets, at=at)
    execution = Execution.objects.create(
        concurrence=agreed, executed_by=by.person_id, executed_at=at
    )
    decision = _decide(execution, version, contents, at=at)
    _count(contents["texts"]["grounds"])
    for name, steps in groupby(in_order(contents["steps"]), key=itemgetter("kind")):
        _carry_out(kind_of(name), list(steps), execution, decision, keyring=keyring, at=at)
    Proposal.objects.filter(id=version.proposal_id).update(state=State.EXECUTED)
    leave("actions.verify", subject=execution.id, at=at)
    record(
        "concurrence.execute",
        actor=by.person_id,
        subject=decision.id,
        at=at,
        execution=execution.id,
    )
    executed.send(
        sender=Execution, execution=execution, decision=decision, contents=contents, at=at
    )
    settled.send(sender=Proposal, proposal=version.proposal, at=at)
    return execution


def _without_set_aside(contents: dict[str, Any], version: Version) -> dict[str, Any]:
    """The contents without the steps that were left out, each with its reason (R-PRACT-1)."""
    out = set(version.set_aside.values_list("commitment", flat=True))
    steps = [
        step
        for step in contents["steps"]
        if commitment_of(effect_of(step), step["salt"]) not in out
    ]
    return {**contents, "steps": steps}


def check_signatures(agreed: Concurrence, version: Version) -> bool:
    """Whether both people signed this version, with keys that counted when they did and that others vouched for."""
    digest = digest_of(version.manifest)
    return (
        digest == version.digest == agreed.version_digest
        and version.proposer == agreed.proposer
        and signatures.verify_vouched(
            version.proposer,
            PROPOSED + digest.encode(),
            bytes(version.signature),
            at=version.submitted_at,
        )
        and signatures.verify_vouched(
            agreed.person, AGREED + digest.encode(), bytes(agreed.signature), at=agreed.concurred_at
        )
    )


def _check_both(
    agreed: Concurrence, version: Version, *, targets: list[Target], at: datetime
) -> None:
    about = about_of(targets)
    if agreed.person == version.proposer:
        raise NeedsAnotherStaffMember(subject=version.proposal_id)
    if agreed.voided_at is not None:
        raise NeedsConcurrence(subject=version.proposal_id)
    if at < agreed.concurred_at:
        raise ClockIsBehind(subject=version.proposal_id)
    for person in (version.proposer, agreed.person):
        check_on_the_team(version, person, at=at)
    check_proposer(version, about=about, at=at)
    check_no_conflict(version, agreed.person, about=about, at=at)
    check_not_acquainted(version, agreed.person, about=about, known_to=known_to(targets))
    if not check_signatures(agreed, version):
        raise SignatureDoesNotHold(subject=version.proposal_id)


def _decide(
    execution: Execution, version: Version, contents: dict[str, Any], *, at: datetime
) -> Decision:
    case: Case = version.proposal.case
    targets = targets_of(contents)
    holders = [staff.person_id for staff in eligible(case, about=about_of(targets), at=at)]
    ends = [target.until_at for target in targets if target.kind in LASTING]
    reviews = [target.review_on for target in targets if target.review_on]
    until_at = None if None in ends or not ends else max(end for end in ends if end)
    if all(target.kind in GIVE_BACK for target in targets):
        until_at = at  # it gives back, and leaves nothing in force
    return Decision.objects.create(
        code=random_code(),
        case=case,
        execution=execution,
        file=files.open_file(readers=holders, at=at).id,
        made_at=at,
        until_at=until_at,
        review_on=min(reviews) if reviews else None,
    )


def _carry_out(
    kind: Kind,
    steps: list[dict[str, Any]],
    execution: Execution,
    decision: Decision,
    *,
    keyring: Keyring,
    at: datetime,
) -> None:
    kind.hold(targets_of({"steps": steps}))
    if kind.many is not None:
        warrants = Warrant.objects.bulk_create(_warrant(execution, step) for step in steps)
        details = [step.get("detail", {}) for step in steps]
        kind.many.carry_out(list(zip(warrants, details, strict=True)), decision=decision, at=at)
        execution.warrants.filter(kind=kind.name).update(done_at=at)
        return
    for step in steps:
        warrant = _warrant(execution, step)
        warrant.save(force_insert=True)
        if kind.opening is not None:
            kind.opening(warrant, decision=decision, keyring=keyring, at=at)
        else:
            kind.carry_out(warrant, decision=decision, detail=step.get("detail", {}), at=at)
        if not kind.by_hand:
            Warrant.objects.filter(id=warrant.id).update(done_at=at)


def _count(grounds: list[str]) -> None:
    """Each ground apart, so that drift towards the widest one can be seen; linked to nothing."""
    for ground in sorted(set(grounds)):
        GroundCount.objects.get_or_create(ground=ground)
        GroundCount.objects.filter(ground=ground).update(decisions=F("decisions") + 1)


def _warrant(execution: Execution, step: dict[str, Any]) -> Warrant:
    effect = effect_of(step)
    target = targets_of({"steps": [step]})[0]
    return Warrant(
        execution=execution,
        kind=target.kind,
        target=target.id,
        scope_kind=target.scope_kind,
        scope_id=target.scope_id,
        until_at=target.until_at,
        review_on=target.review_on,
        detail_digest=effect.get("detail_digest", ""),
        commitment=commitment_of(effect, step["salt"]),
        salt=step["salt"],
    )
