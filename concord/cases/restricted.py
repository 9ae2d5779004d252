"""restricted: whether a case is, and how it comes to be by itself: somebody of the team has a part in it (4.4)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, Restriction
from concord.ledger.record import record
from concord.refusals import Refused


class IsRestricted(Refused):
    """Nothing of a restricted case leaves the desk."""

    words = _("This case is restricted: no copy of it is made. It is read here.")
    status = 409


def restrict_for_the_team(case: Case, *, at: datetime) -> None:
    """Somebody of the team has a part in it. Who, stands in the sealed part of the case alone. Twice is once."""
    _made, is_new = Restriction.objects.get_or_create(
        case=case, because=Restriction.Because.TEAM, lifted_at=None, defaults={"set_at": at}
    )
    if is_new:
        record("cases.restrict", actor=None, subject=case.id, at=at)


def is_restricted(case: Case) -> bool:
    return case.restrictions.standing().exists()
