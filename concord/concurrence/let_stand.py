"""let_stand: on its day somebody looked at a decision again, and it stays as two people agreed to it (workflow.md 4.7).

One person is enough, for nothing is made stricter or longer: a decision with an end keeps that end, and one without
goes on as it would. What moves is the day on which it is looked at, and by no more than a year at a time. To ease it
or to end it is a proposal as ever.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.access.forget_tokens import LONGEST
from concord.concurrence.guards import HasAConflict, NeedsCoordinator, check_staff
from concord.concurrence.look_again import utc_day
from concord.concurrence.models import Decision, Look
from concord.concurrence.terms import LASTING, LOOK_WITHIN
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files


class NothingToLookAt(Refused):
    """Somebody said already that it stays, or the decision is over."""

    words = _("This was looked at already, or is over. Nothing was changed.")
    status = 409


class ChooseTheNextDay(Refused):
    """A decision without an end is looked at again and again; within a year each time."""

    words = _("Choose the next day to look at it: from tomorrow on, and within a year.")
    status = 409


class EndsBefore(Refused):
    """A day of looking behind the end would read as though it went on until then."""

    words = _(
        "It ends before that day. Choose an earlier day, or none: it ends when it was agreed to."
    )
    status = 409


class NobodyWouldBeKnown(Refused):
    """Whoever was never here is known by a mailbox, and that is kept for so long and no longer."""

    words = _(
        "A mailbox is kept for 24 months from the decision. Choose a day before that; where it is still needed "
        "afterwards, propose it anew."
    )
    status = 409


@transaction.atomic
def let_stand(look: Look, *, next_on: date | None, by: StaffMember, at: datetime) -> Look:
    """Say that it stays, and when it is looked at next; None only where it ends by itself. Twice is once.

    The coordinator says so, or the deputy; once its day is past a lead may as well, for those two may have left.
    Raises `NeedsCoordinator`, `HasAConflict`, `NothingToLookAt`, `ChooseTheNextDay`, `EndsBefore`,
    `NobodyWouldBeKnown`, `NotDesignated`.
    """
    decision = Decision.objects.select_for_update(of=("self",)).select_related("case")
    found = decision.get(id=look.decision_id)
    look = Look.objects.get(id=look.id)
    check_staff(by, at=at)
    if not may_let_stand(look, found, by=by):
        raise NeedsCoordinator(subject=found.id)
    if not files.may_open(found.file, by.person_id):
        raise HasAConflict(subject=found.id)
    if look.settled_by == by.person_id and look.next_on == next_on:
        return look
    if look.settled_at is not None or not Look.objects.waiting(at).filter(id=look.id).exists():
        raise NothingToLookAt(subject=found.id)
    _check_day(next_on, found, at=at)
    look.next_on, look.settled_by, look.settled_at = next_on, by.person_id, at
    look.save(update_fields=["next_on", "settled_by", "settled_at"])
    record("concurrence.let_stand", actor=by.person_id, subject=found.id, at=at, look=look.id)
    tell_desks(files.readers(found.file), "decision", found.id)
    return look


def may_let_stand(look: Look, decision: Decision, *, by: StaffMember) -> bool:
    """Whether it is this person's to say, as far as their seat goes."""
    case = decision.case
    return by in (case.coordinator, case.deputy) or (by.is_lead and look.alarmed_at is not None)


def _check_day(next_on: date | None, decision: Decision, *, at: datetime) -> None:
    ends_at = decision.ends_at
    if next_on is None:
        if ends_at is None:
            raise ChooseTheNextDay(subject=decision.id)
        return
    if not utc_day(at) < next_on <= utc_day(at + LOOK_WITHIN):
        raise ChooseTheNextDay(subject=decision.id)
    if ends_at is not None and next_on > utc_day(ends_at):
        raise EndsBefore(subject=decision.id)
    known_until = mailboxes_known_until(decision)
    if known_until is not None and next_on > known_until:
        raise NobodyWouldBeKnown(subject=decision.id)


def mailboxes_known_until(decision: Decision) -> date | None:
    """When the mailboxes are forgotten by which alone it knows people; None where it knows any of them otherwise."""
    lasting = decision.execution.warrants.filter(kind__in=LASTING)
    kinds = set(lasting.values_list("kind", flat=True))
    return utc_day(decision.execution.executed_at + LONGEST) if kinds == {"deny"} else None
