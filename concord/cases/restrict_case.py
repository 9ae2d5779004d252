"""restrict_case: what is known in a case is used for its own people's safety and for nothing else (RESTRICTED).

A case in which somebody of the team has a part is restricted by itself, for as long as there is one. Any other is when
somebody concerned asks for it. Work on it goes on, and so do its clocks; no copy leaves the desk, and nothing of it is
counted when it is closed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.hold_case import check_opens
from concord.cases.models import Case, Restriction, State
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files


class RestrictionNeedsReason(Refused):
    """Somebody asked for it; that they did, and why, is written down."""

    words = _("Please write in a sentence who asked for it, and why. Name nobody.")
    status = 409


class NothingLeftToRestrict(Refused):
    """What was erased is used for nothing."""

    words = _("This case has been erased already.")
    status = 409


class LiftingTakesAnother(Refused):
    """One person may restrict a case; letting more be done with it takes another."""

    words = _("Somebody else has to lift this: whoever set it cannot.")


class TheTeamIsInIt(Refused):
    """A case about somebody of the team stays restricted, whoever would have it otherwise."""

    words = _("Somebody of the team has a part in this case. It stays restricted.")
    status = 409


@transaction.atomic
def restrict_case(case: Case, *, reason: str, by: StaffMember, at: datetime) -> Restriction:
    """Restrict it because somebody concerned asked. One person is enough; restricted already, the first one stands.

    Raises `RestrictionNeedsReason`, `NothingLeftToRestrict`, `OnlyItsCoordinatorCloses` for whoever cannot open it.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if case.state == State.PURGED:
        raise NothingLeftToRestrict(subject=case.id)
    check_opens(case, by=by, at=at)
    standing = case.restrictions.standing().filter(because=Restriction.Because.ASKED).first()
    if standing is not None:
        return standing
    if not reason.strip():
        raise RestrictionNeedsReason(subject=case.id)
    id = uuid4()
    made = Restriction.objects.create(
        id=id,
        case=case,
        because=Restriction.Because.ASKED,
        reason_sealed=files.seal(case.file, reason.strip().encode(), about=about(id)),
        set_by=by.person_id,
        set_at=at,
    )
    record("cases.restrict", actor=by.person_id, subject=case.id, at=at)
    return made


@transaction.atomic
def lift_restriction(made: Restriction, *, by: StaffMember, at: datetime) -> Restriction:
    """Lift what was asked for. Twice is once. Raises `LiftingTakesAnother`, `TheTeamIsInIt`."""
    case = Case.objects.select_for_update().get(id=made.case_id)
    made = Restriction.objects.get(id=made.id)
    check_opens(case, by=by, at=at)
    if made.lifted_at is not None:
        return made
    if made.because == Restriction.Because.TEAM:
        raise TheTeamIsInIt(subject=case.id)
    if made.set_by == by.person_id:
        raise LiftingTakesAnother(subject=case.id)
    made.lifted_by, made.lifted_at = by.person_id, at
    made.save(update_fields=["lifted_by", "lifted_at"])
    record("cases.lift_restriction", actor=by.person_id, subject=case.id, at=at)
    return made


def about(restriction: UUID) -> str:
    return f"restriction:{restriction}"
