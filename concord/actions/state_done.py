"""state_done: whoever did a step by hand says what was done, under their key; with that it is verified (R-ACT-1)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ByHand
from concord.actions.statements import by_hand_text
from concord.actions.verify_steps import look_at_steps
from concord.concurrence.guards import HasAConflict, check_key, check_staff
from concord.concurrence.models import SetAside, Warrant
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class SayWhatWasDone(Refused):
    """A press alone is no statement."""

    words = _("Please say what was done. It is kept with the decision.")
    status = 409


class WasSetAside(Refused):
    """It was left out, with a reason, before anybody did it."""

    words = _("This was set aside. If it was done all the same, write a note in the case.")
    status = 409


@transaction.atomic
def state_done(
    found: ByHand, *, words: str, by: StaffMember, keyring: Keyring, at: datetime
) -> ByHand:
    """The person named, or a colleague who may see the decision, says what was done. Said twice, the first stands.

    Raises `SayWhatWasDone`, `WasSetAside`, `HasAConflict`, and the guards of staff.
    """
    found = (
        ByHand.objects.select_for_update().select_related("decision", "warrant").get(id=found.id)
    )
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if not files.may_open(found.decision.file, by.person_id):
        raise HasAConflict(subject=found.decision_id)
    if found.stated_at is not None:
        return found
    if SetAside.objects.filter(commitment=found.warrant.commitment).exists():
        raise WasSetAside(subject=found.decision_id)
    if not words.strip():
        raise SayWhatWasDone(subject=found.decision_id)
    found.statement_sealed = files.seal(
        found.decision.file, words.strip().encode(), about=f"done by hand:{found.id}"
    )
    found.stated_by, found.stated_at = by.person_id, at
    found.signature = keyring.sign(statement_of(found))
    found.save()
    Warrant.objects.filter(id=found.warrant_id).update(done_at=at)
    record("actions.state_done", actor=by.person_id, subject=found.decision_id, at=at)
    look_at_steps(found.warrant.execution, at=at)
    tell_desks(files.readers(found.decision.file), "decision", found.decision_id)
    return found


def statement_of(found: ByHand) -> bytes:
    """What is signed: which effect, by the digest of what was said, which is sealed."""
    return by_hand_text(found.warrant_id, digest=digest_of_statement(found))


def digest_of_statement(found: ByHand) -> str:
    """SHA-256 of the sealed statement; an audit follows the signature by it, and reads nothing."""
    return hashlib.sha256(bytes(found.statement_sealed or b"")).hexdigest()


def what_is_asked(found: ByHand, *, keyring: Keyring) -> tuple[str, str]:
    """What is to be done, and what was said of it. Raises NoGrant."""
    file = found.decision.file
    asked = files.unseal(file, bytes(found.sealed), about=f"by hand:{found.id}", keyring=keyring)
    said = b""
    if found.statement_sealed is not None:
        said = files.unseal(
            file, bytes(found.statement_sealed), about=f"done by hand:{found.id}", keyring=keyring
        )
    return asked.decode(), said.decode()
