"""pass_by_hand: whoever was named for a step by hand has no part in it any more; whoever coordinates does it (R-ACT-1).

They were asked for a conflict when it was proposed; since then they may have stepped out, left, said that they are
close to somebody, or been kept out by whoever reported. They hear nothing of it, and it waits for nobody in vain.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

import concord.concurrence.hear_ties
import concord.concurrence.void  # noqa: F401  (the keys are taken back, and owed to whoever follows, first)
from concord.actions.models import ByHand, ByHandQuerySet
from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.cases.signals import recused, seated
from concord.concurrence.models import Decision
from concord.concurrence.owe_decisions import whom_it_is_about
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.people.models import Person, StaffMember
from concord.people.signals import designation_ended, tie_declared
from concord.vault import files


def who_does_it(decision: Decision, *, hand: UUID, at: datetime) -> UUID | None:
    """Whoever was named, as long as they may have a part in it; else the coordinator, the deputy, somebody on call.

    None where nobody is left who may, and who can open the decision or is owed its key.
    """
    case, about = decision.case, whom_it_is_about(decision)
    readers = files.readers(decision.file) | files.owed_to(decision.file)
    may = [staff.person_id for staff in eligible(case, about=about, at=at)]
    able = [person for person in may if person in readers]
    seats = [staff.person_id for staff in (case.coordinator, case.deputy) if staff is not None]
    return next((person for person in (hand, *seats, *able) if person in able), None)


@transaction.atomic
def pass_by_hand(found: ByHand, *, at: datetime) -> ByHand:
    """Give it to whoever does it now, and ring them at once; nothing, where it was done or is in good hands.

    Its clock runs on. With nobody left on the team the outside contact hears of it.
    """
    found = ByHand.objects.select_for_update(of=("self",)).get(id=found.id)
    if found.stated_at is not None:
        return found
    person = who_does_it(found.decision, hand=found.doer, at=at)
    if person is None:
        words = _("Decision %(code)s waits to be carried out by hand, and nobody on the team can.")
        tell_outside(words, code=found.decision.code, at=at)
    elif person != found.doer:
        found.passed_to, found.passed_at = person, at
        found.save(update_fields=["passed_to", "passed_at"])
        record("actions.pass_by_hand", actor=None, subject=found.decision_id, at=at, to=person)
        tell_desks({person}, "decision", found.decision_id)
        ring({person}, at=at, at_once=True)
    return found


@receiver(recused, dispatch_uid="actions.pass_by_hand")
def who_stepped_out(
    sender: type[Case], case: Case, person: UUID, at: datetime, **kwargs: Any
) -> None:
    """Of this case alone."""
    _pass_on(ByHand.objects.filter(decision__case=case).of(person), at=at)


@receiver(seated, dispatch_uid="actions.pass_by_hand")
def who_follows(sender: type[Case], case: Case, at: datetime, **kwargs: Any) -> None:
    """What waited while nobody was left is for whoever comes to the case; what is in good hands stays there."""
    _pass_on(ByHand.objects.filter(decision__case=case), at=at)


@receiver(designation_ended, dispatch_uid="actions.pass_by_hand")
def who_left(sender: type[StaffMember], staff: StaffMember, at: datetime, **kwargs: Any) -> None:
    _pass_on(ByHand.objects.of(staff.person_id), at=at)


@receiver(tie_declared, dispatch_uid="actions.pass_by_hand")
def who_is_close(staff: StaffMember, person: Person, at: datetime, **kwargs: Any) -> None:
    """Also where no case of theirs was found by it: each of their steps is asked about again."""
    _pass_on(ByHand.objects.of(staff.person_id), at=at)


def _pass_on(steps: ByHandQuerySet, *, at: datetime) -> None:
    for found in list(steps.waiting().order_by("id")):
        pass_by_hand(found, at=at)
