"""leave_address, take_address_back: where somebody of the team wants letters that say nothing but *look at your desk*.

It is theirs alone to leave, to change and to take back: sealed like every address, shown to nobody else, never used to
sign in or to tell who somebody is, and gone when they leave the team.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.people.addresses import read_address, seal_address, unseal_address
from concord.people.models import StaffMember


@transaction.atomic
def leave_address(staff: StaffMember, *, address: str, at: datetime) -> StaffMember:
    """Keep the address, sealed, in the place of one left before. Raises ValueError when it is not one."""
    sealed = seal_address(read_address(address), about=_about(staff.id))
    if StaffMember.objects.current(at).filter(id=staff.id).update(address_sealed=sealed):
        staff.address_sealed = sealed
        record("people.leave_address", actor=staff.person_id, subject=staff.person_id, at=at)
    return staff


@transaction.atomic
def take_address_back(staff: StaffMember, *, at: datetime) -> StaffMember:
    """Forget the address. Taken back twice is taken back."""
    left = StaffMember.objects.filter(id=staff.id, address_sealed__isnull=False)
    if left.update(address_sealed=None):
        staff.address_sealed = None
        record("people.take_address_back", actor=staff.person_id, subject=staff.person_id, at=at)
    return staff


def address_left_by(staff: StaffMember) -> str:
    """The address in the clear, for a letter about to leave and for their own page; empty when none was left."""
    if staff.address_sealed is None:
        return ""
    return unseal_address(bytes(staff.address_sealed), about=_about(staff.id))


def _about(staff: UUID) -> str:
    return f"people.staffmember.address:{staff}"
