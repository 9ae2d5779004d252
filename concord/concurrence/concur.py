"""concur: another staff member agrees to this exact version, in their own name and under their own key."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.concurrence.contents import read_contents, targets_of
from concord.concurrence.execute import carry_out
from concord.concurrence.guards import (
    NeedsAnotherStaffMember,
    check_key,
    check_no_conflict,
    check_not_acquainted,
    check_on_the_team,
    check_open,
    check_proposer,
    check_read,
    check_staff,
)
from concord.concurrence.manifest import AGREED
from concord.concurrence.models import Concurrence, Proposal, State, Version
from concord.concurrence.propose import about_of, known_to
from concord.concurrence.signals import answered
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


@transaction.atomic
def concur(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Concurrence:
    """Agree, and, where the coordinator asked for it, act at once in the same transaction (R-CONCUR-1).

    Agreeing twice returns the first agreement. Raises `NeedsAnotherStaffMember`, `NotDesignated`,
    `HasAConflict`, `ProposerHasAConflict`, `NeedsAdopting`, `NeedsOpening`, `StaleVersion`, `NoLongerOpen`, `Lapsed`,
    `ClockIsBehind`, NoGrant.
    """
    Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    before = version.concurrences.filter(person=by.person_id, voided_at__isnull=True).first()
    if before is not None:
        return before
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if by.person_id == version.proposer:
        raise NeedsAnotherStaffMember(subject=version.proposal_id)
    check_open(version, at=at)
    check_on_the_team(version, version.proposer, at=at)
    contents = read_contents(version, keyring=keyring)
    targets = targets_of(contents)
    about = about_of(targets)
    check_no_conflict(version, by.person_id, about=about, at=at)
    check_not_acquainted(version, by.person_id, about=about, known_to=known_to(targets))
    check_proposer(version, about=about, at=at)
    check_read(version, by.person_id)
    agreed = Concurrence.objects.create(
        version=version,
        version_digest=version.digest,
        proposer=version.proposer,
        person=by.person_id,
        signature=keyring.sign(AGREED + version.digest.encode()),
        concurred_at=at,
    )
    Proposal.objects.filter(id=version.proposal_id).update(state=State.CONCURRED)
    record(
        "concurrence.concur",
        actor=by.person_id,
        subject=version.proposal_id,
        at=at,
        version=version.id,
    )
    answered.send(sender=Version, version=version, at=at)
    if version.act_at_once:
        carry_out(agreed, contents=contents, by=by, keyring=keyring, at=at)
    return agreed
