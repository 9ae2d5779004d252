"""lift_hold: another person than the one who set it says that a case need not be kept any longer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.hold_case import check_opens
from concord.cases.models import Case, Hold
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused


class LiftingNeedsAnother(Refused):
    """One person may keep a case; letting it be erased takes another."""

    words = _("Somebody else has to lift this: whoever set it cannot.")


@transaction.atomic
def lift_hold(hold: Hold, *, by: StaffMember, at: datetime) -> Hold:
    """Lift a hold. Twice is once. Raises `LiftingNeedsAnother`, `OnlyItsCoordinatorCloses`."""
    case = Case.objects.select_for_update().get(id=hold.case_id)
    hold = Hold.objects.get(id=hold.id)
    check_opens(case, by=by, at=at)
    if hold.lifted_at is not None:
        return hold
    if hold.set_by == by.person_id:
        raise LiftingNeedsAnother(subject=case.id)
    hold.lifted_by, hold.lifted_at = by.person_id, at
    hold.save(update_fields=["lifted_by", "lifted_at"])
    record("cases.lift_hold", actor=by.person_id, subject=case.id, at=at)
    return hold
