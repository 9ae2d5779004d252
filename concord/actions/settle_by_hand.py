"""settle_by_hand: somebody did on a platform what it could not do by itself, and says how they saw it (R-PRACT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import Elsewhere, ElsewhereState
from concord.concurrence.guards import NeedsCoordinator, check_key, check_staff
from concord.ledger.record import record
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

LONGEST = 2_000


class NeedsProof(Refused):
    """What was done by hand is only known by what somebody says of it."""

    words = _("Say what you did there and how you saw that it holds. Nothing you wrote is lost.")
    status = 409


class ProofIsTooLong(Refused):
    words = _("Please keep it under 2,000 characters. Nothing you wrote is lost.")
    status = 409


@transaction.atomic
def settle_by_hand(
    step: Elsewhere, *, proof: str, by: StaffMember, keyring: Keyring, at: datetime
) -> Elsewhere:
    """Close the step with a statement, sealed to the decision's readers. Said twice, the first one stands.

    Whoever coordinates the case says it, or the deputy; needs no new agreement. Raises `NeedsProof`,
    `ProofIsTooLong`, `NeedsCoordinator`, `NotDesignated`, `NeedsOwnKey`.
    """
    step = (
        Elsewhere.objects.select_for_update(of=("self",))
        .select_related("warrant", "decision__case__coordinator", "decision__case__deputy")
        .get(id=step.id)
    )
    if step.settled_at is not None:
        return step
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    case = step.decision.case
    if by not in (case.coordinator, case.deputy):
        raise NeedsCoordinator(subject=step.decision_id)
    said = proof.replace("\0", "").strip()
    if not said:
        raise NeedsProof(subject=step.decision_id)
    if len(said) > LONGEST:
        raise ProofIsTooLong(subject=step.decision_id)
    step.state, step.settled_at, step.settled_by = ElsewhereState.DONE_BY_HAND, at, by.person_id
    step.proof_sealed = files.seal(step.decision.file, said.encode(), about=about_proof(step))
    step.save(update_fields=["state", "settled_at", "settled_by", "proof_sealed"])
    record(
        "actions.elsewhere_done_by_hand",
        actor=by.person_id,
        subject=step.decision_id,
        at=at,
        step=step.id,
    )
    leave("actions.verify", subject=step.warrant.execution_id, at=at)
    return step


def read_proof(step: Elsewhere, *, keyring: Keyring) -> str:
    """What was said of it; empty when nothing was. Raises NoGrant."""
    sealed = bytes(step.proof_sealed or b"")
    if not sealed:
        return ""
    file = step.decision.file
    return files.unseal(file, sealed, about=about_proof(step), keyring=keyring).decode()


def about_proof(step: Elsewhere) -> str:
    return f"elsewhere:{step.id}"
