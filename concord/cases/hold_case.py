"""hold_case: a case is kept because the law may ask for it; nothing of it is erased meanwhile (LEGAL_HOLD)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import OnlyItsCoordinatorCloses
from concord.cases.models import Case, Hold, State
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files


class HoldNeedsReason(Refused):
    """A case is not kept beyond its time without a typed reason."""

    words = _("Please write in a sentence why it has to be kept.")
    status = 409


class NothingLeftToHold(Refused):
    """What was erased cannot be kept."""

    words = _("This case has been erased already.")
    status = 409


@transaction.atomic
def hold_case(case: Case, *, reason: str, by: StaffMember, at: datetime) -> Hold:
    """Keep a case until the hold is lifted. It stops erasing and no work; one person is enough, for it only keeps.

    Held already, it stays under the first hold. Raises `HoldNeedsReason`, `NothingLeftToHold`,
    `OnlyItsCoordinatorCloses` for whoever cannot open the case.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if case.state == State.PURGED:
        raise NothingLeftToHold(subject=case.id)
    check_opens(case, by=by, at=at)
    standing = Hold.objects.standing().filter(case=case).first()
    if standing is not None:
        return standing
    if not reason.strip():
        raise HoldNeedsReason(subject=case.id)
    hold_id = uuid4()
    hold = Hold.objects.create(
        id=hold_id,
        case=case,
        reason_sealed=files.seal(case.file, reason.strip().encode(), about=about(hold_id)),
        set_by=by.person_id,
        set_at=at,
    )
    record("cases.hold", actor=by.person_id, subject=case.id, at=at)
    return hold


def about(hold: UUID) -> str:
    return f"hold:{hold}"


def check_opens(case: Case, *, by: StaffMember, at: datetime) -> None:
    """Raise `OnlyItsCoordinatorCloses` unless this is current staff with the case's key."""
    if not (by.is_current(at) and files.may_open(case.file, by.person_id)):
        raise OnlyItsCoordinatorCloses(subject=case.id)
