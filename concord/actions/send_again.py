"""send_again: a letter that was not handed over is written anew, to every mailbox that is theirs by now (4.5).

The words are those that two people agreed to; trying the same step again needs no new yes.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import Told, Unheld
from concord.actions.ring_unheld import decision_of, is_over
from concord.actions.tell_respondent import leave_letters, notice_to
from concord.actions.verify_steps import letters_wait
from concord.concurrence.contents import read_contents
from concord.concurrence.guards import HasAConflict, NeedsCoordinator, check_key, check_staff
from concord.concurrence.kinds import kind_of
from concord.concurrence.models import Decision, SetAside, Warrant
from concord.ledger.record import record
from concord.letters.models import Letter
from concord.outbox.leave import leave
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class NoLetterReaches(Refused):
    """Whoever has no mailbox reads it where they come in."""

    words = _("No letter reaches them. They read it when they come into the room.")
    status = 409


class NothingToSend(Refused):
    """It holds by now, was left out, is over or no letter, or waits for what comes before it."""

    words = _("There is nothing to send here now. Look at where the step stands.")
    status = 409


@transaction.atomic
def send_again(step: Unheld, *, by: StaffMember, keyring: Keyring, at: datetime) -> int:
    """Leave it anew and let go of what was still under way; pressed twice, one letter is left. Returns how many.

    Raises `NeedsCoordinator`, `HasAConflict`, `NothingToSend`, `NoLetterReaches`, NoGrant, and the guards of staff.
    """
    decision = Decision.objects.select_for_update(no_key=True).get(id=step.decision_id)
    warrant = Warrant.objects.select_for_update().get(id=step.warrant_id)
    execution = warrant.execution
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if by not in (decision.case.coordinator, decision.case.deputy):
        raise NeedsCoordinator(subject=decision.id)
    if not files.may_open(decision.file, by.person_id):
        raise HasAConflict(subject=decision.id)
    if not may_be_sent(warrant, at=at) or execution.concurrence is None:
        raise NothingToSend(subject=decision.id)
    said = notice_to(
        warrant.target, execution, read_contents(execution.concurrence.version, keyring=keyring)
    )
    if said is None:
        raise NothingToSend(subject=decision.id)
    subject, body, verdict = said
    told = Told.objects.filter(execution=execution, person=warrant.target)
    under_way = Letter.objects.filter(id__in=told.values("letter"), sent_at__isnull=True)
    under_way.update(sealed=None)
    left = leave_letters(
        execution,
        warrant.target,
        subject=subject,
        body=body,
        verdict=verdict,
        waits_for=None,
        at=at,
    )
    if not left:
        raise NoLetterReaches(subject=decision.id)
    leave("actions.verify", subject=execution.id, at=at)
    record("actions.send_again", actor=by.person_id, subject=decision.id, at=at, step=step.id)
    return left


def may_be_sent(warrant: Warrant, *, at: datetime) -> bool:
    """Whether it is a letter whose turn has come, that was not seen to be handed over or set aside, and is not over."""
    is_out = SetAside.objects.filter(commitment=warrant.commitment).exists()
    is_letter = kind_of(warrant.kind).by_letter
    return (
        is_letter
        and warrant.verified_at is None
        and not is_out
        and not letters_wait(warrant.execution)
        and not is_over(warrant, decision_of(warrant.execution), at=at)
    )
