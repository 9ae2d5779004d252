"""agree_to_close: a second person who can open the case agrees that nothing has to be done (workflow.md 4.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import standing_of
from concord.cases.close_case import NotDoneYet, check_works_on, end
from concord.cases.models import Case, Closing
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused


class ClosingNeedsAnother(Refused):
    """Whoever wants to close without an action cannot agree to it as well."""

    words = _("Somebody else has to agree that nothing needs to be done.")


@transaction.atomic
def agree_to_close(closing: Closing, *, by: StaffMember, at: datetime) -> Closing:
    """Agree, as another of the two who work on it. Twice is once.

    Raises `ClosingNeedsAnother`, `OnlyItsCoordinatorCloses`, `NotDoneYet` when something was proposed or decided
    since it was wished.
    """
    case = Case.objects.select_for_update().get(id=closing.case_id)
    closing = Closing.objects.select_related("case").get(id=closing.id)
    check_works_on(case, by=by, at=at)
    if closing.closed_at is not None:
        return closing
    if closing.wished_by == by.person_id:
        raise ClosingNeedsAnother(subject=case.id)
    standing = standing_of(case)
    if standing.is_open or standing.decided:
        raise NotDoneYet(subject=case.id)
    closing.agreed_by = by.person_id
    end(closing, at=at)
    record("cases.agree_to_close", actor=by.person_id, subject=case.id, at=at)
    return closing
