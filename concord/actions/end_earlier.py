"""end_earlier: the coordinator gives a decision an earlier end that still lies ahead; milder, so one is enough (4.7).

It never lengthens and never widens. An end that is nearly now would be a lift, which takes two people: a day is
the least. What was shortened is not made longer again without a new proposal. Everybody whom it would have held for
longer is told, and whoever reported and chose to hear: what they were told first is not true any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.apologise import say_it_has_an_earlier_end
from concord.actions.give_back import end_decision, held_beyond
from concord.actions.lift import acquainted_under
from concord.actions.models import Ending
from concord.actions.tell_reporter import tell_of_an_earlier_end
from concord.cases.models import State
from concord.concurrence.guards import HasAConflict, NeedsCoordinator, check_key, check_staff
from concord.concurrence.models import Decision
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

LEAST = timedelta(hours=24)


class WouldBeALift(Refused):
    """Ending a decision now, or within the day, is proposed and agreed to by two."""

    words = _("An end less than a day ahead is a lift, and needs a second yes. Propose it instead.")
    status = 409


class OnlyEarlier(Refused):
    """One person makes a decision milder; whoever makes it longer needs a second yes."""

    words = _("One person can only give it an earlier end. Anything longer needs a second yes.")
    status = 409


class SayWhy(Refused):
    """A decision is not changed without a reason."""

    words = _("Please say in a sentence why it ends earlier.")
    status = 409


@transaction.atomic
def end_earlier(
    decision: Decision,
    *,
    ends_at: datetime,
    reason: str,
    by: StaffMember,
    keyring: Keyring,
    at: datetime,
) -> Ending:
    """Let it end at that moment; the reason is sealed beside it. The same end twice is refused as not earlier.

    Once its case is erased nothing can be proposed in it, and a lead who reads the decision may as well, if they know
    nobody under it.
    Raises `NeedsCoordinator`, `HasAConflict`, `WouldBeALift`, `OnlyEarlier`, `SayWhy`, and the guards of staff.
    """
    decision = Decision.objects.select_for_update().select_related("case").get(id=decision.id)
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if not may_end_earlier(decision, by=by):
        raise NeedsCoordinator(subject=decision.id)
    if not files.may_open(decision.file, by.person_id):
        raise HasAConflict(subject=decision.id)
    if not reason.strip():
        raise SayWhy(subject=decision.id)
    if ends_at < at + LEAST:
        raise WouldBeALift(subject=decision.id)
    sealed = files.seal(decision.file, reason.strip().encode(), about=f"earlier:{decision.id}")
    ending, held = None, held_beyond(decision, ends_at)
    if Decision.objects.in_force(at).filter(id=decision.id).exists():
        ending = end_decision(
            decision,
            how=Ending.How.EARLIER,
            by=by.person_id,
            ends_at=ends_at,
            at=at,
            keyring=keyring,
            reason_sealed=sealed,
        )
    if ending is None:
        raise OnlyEarlier(subject=decision.id)
    say_it_has_an_earlier_end(held, ends_at=ends_at, at=at)
    tell_of_an_earlier_end(decision, at=at)
    tell_desks(files.readers(decision.file), "decision", decision.id)
    return ending


def may_end_earlier(decision: Decision, *, by: StaffMember) -> bool:
    """Whether it is this person's to do, as far as their seat goes."""
    case = decision.case
    if by in (case.coordinator, case.deputy):
        return True
    is_last = by.is_lead and case.state == State.PURGED
    return is_last and by.person_id not in acquainted_under(decision)
