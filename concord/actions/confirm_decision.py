"""confirm_decision: somebody with a part in a decision stepped out later; two others confirm it, or replace it (4.4).

The effects stay meanwhile. The two have 24 hours; past that it alarms to the leads and to the outside contact, and
stays open until somebody acts. Replacing it is a proposal like any other: lift it, vary it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from concord.actions.give_back import persons_under
from concord.actions.models import Confirmation, LateRecusal
from concord.actions.statements import confirmation_text
from concord.cases.conflicts import eligible, may_agree
from concord.cases.models import Case
from concord.cases.signals import recused
from concord.concurrence.guards import HasAConflict, NeedsOpening, check_key, check_staff
from concord.concurrence.models import Decision
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

WITHIN = timedelta(hours=24)
NEEDED = 2


class NothingToConfirm(Refused):
    """It was confirmed, replaced, or has ended."""

    words = _("Nothing has to be confirmed here any more.")
    status = 409


@transaction.atomic
def confirm_decision(
    late: LateRecusal, *, by: StaffMember, keyring: Keyring, at: datetime
) -> Confirmation:
    """Confirm it, having read the exact text. Confirmed twice is once; with the second person's it is settled.

    Raises `NotDesignated`, `NeedsOwnKey`, `HasAConflict`, `NeedsOpening`, `NothingToConfirm`.
    """
    late = (
        LateRecusal.objects.select_for_update()
        .select_related("decision__case", "decision__execution")
        .get(id=late.id)
    )
    before = late.confirmations.filter(person=by.person_id).first()
    if before is not None:
        return before
    decision = late.decision
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    about = persons_under(decision)
    able = {one.person_id for one in may_agree(decision.case, about=about, at=at)}
    if by.person_id not in able or not files.may_open(decision.file, by.person_id):
        raise HasAConflict(subject=decision.id)
    if not LateRecusal.objects.open(at).filter(id=late.id).exists():
        raise NothingToConfirm(subject=decision.id)
    agreed = decision.execution.concurrence
    if agreed is None or not agreed.version.openings.filter(person=by.person_id).exists():
        raise NeedsOpening(subject=decision.id)
    made = Confirmation.objects.create(
        late=late,
        person=by.person_id,
        signature=keyring.sign(confirmation_of(late)),
        confirmed_at=at,
    )
    if late.confirmations.count() >= NEEDED:
        LateRecusal.objects.filter(id=late.id).update(settled_at=at)
    record("actions.confirm_decision", actor=by.person_id, subject=decision.id, at=at)
    tell_desks(files.readers(decision.file), "decision", decision.id)
    return made


def confirmation_of(late: LateRecusal) -> bytes:
    """What is signed: which decision, after whose stepping out, and the digest of the very text."""
    agreed = late.decision.execution.concurrence
    digest = agreed.version_digest if agreed else ""
    return confirmation_text(late.decision_id, late=late.id, digest=digest)


@receiver(recused, dispatch_uid="actions.confirm_decision")
def ask_two_others(
    sender: type[Case], case: Case, person: UUID, at: datetime, **kwargs: Any
) -> None:
    """Each decision in force that they proposed, agreed to, carried out or confirmed is put before the others."""
    for decision in Decision.objects.in_force(at).filter(case=case):
        if person not in _had_a_part(decision):
            continue
        late, first = LateRecusal.objects.get_or_create(
            decision=decision, person=person, defaults={"since_at": at, "due_at": at + WITHIN}
        )
        if not first:
            continue
        record("actions.late_recusal", actor=None, subject=decision.id, at=at, late=late.id)
        others = files.readers(decision.file) - {person}
        tell_desks(others, "decision", decision.id)
        ring(others, at=at)


@every("actions.alarm_unconfirmed", seconds=60)
def alarm_unconfirmed(job: Job | None, *, at: datetime) -> int:
    """Once for each that is past its day: to the leads who have no conflict, and to the outside contact."""
    overdue = LateRecusal.objects.open(at).filter(due_at__lte=at, alarmed_at__isnull=True)
    ids = list(overdue.values_list("id", flat=True))
    for id in ids:
        _alarm(id, at=at)
    return len(ids)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    late = LateRecusal.objects.select_for_update().select_related("decision__case").get(id=id)
    if late.alarmed_at is not None or late.settled_at is not None:
        return
    late.alarmed_at = at
    late.save(update_fields=["alarmed_at"])
    decision = late.decision
    able = eligible(decision.case, about=persons_under(decision), at=at)
    leads = {staff.person_id for staff in able if staff.is_lead}
    told = leads | files.readers(decision.file)
    tell_desks(told, "decision", decision.id)
    ring(told, at=at)
    words = _(
        "Decision %(code)s needs two members of staff to confirm or replace it, and the day is over."
    )
    tell_outside(words, code=decision.code, at=at)
    record("actions.alarm_unconfirmed", actor=None, subject=decision.id, at=at)


def _had_a_part(decision: Decision) -> set[UUID]:
    agreed = decision.execution.concurrence
    part = {agreed.proposer, agreed.person} if agreed else set()
    confirmed = Confirmation.objects.filter(late__decision=decision)
    part |= set(confirmed.values_list("person", flat=True))
    if decision.execution.executed_by is not None:
        part.add(decision.execution.executed_by)
    return part
