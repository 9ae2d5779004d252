"""name_outside_contact: say who outside the team gets what is about the team (I-WHO-1, P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.ledger.record import record
from concord.people.addresses import read_address, seal_address
from concord.people.designate import must_plan
from concord.people.models import OutsideContact, StaffMember
from concord.people.signals import outside_named
from concord.refusals import Refused
from concord.vault import keys


class NotOutside(Refused):
    """Whoever works in the team cannot be the one to whom people turn about the team."""

    words = _("This person is part of the team. Name somebody outside it.")
    status = 409


@transaction.atomic
def name_outside_contact(
    name: str, *, address: str, holder: UUID, by: StaffMember | None, at: datetime
) -> OutsideContact:
    """Name the outside contact; the one named before ends. Naming the same again changes nothing.
    Announces `outside_named`.

    `holder` is the holder of their standing reading key, entered in the vault beforehand.
    Raises NotYoursToDesignate, NotOutside, vault's NoKey; ValueError for an empty name or no address.
    """
    must_plan(by, at=at)
    name, address = names.clean_display_name(name), read_address(address)
    keys.public_keys(holder)
    if StaffMember.objects.filter(person_id=holder).exists():
        raise NotOutside(subject=holder)
    named = OutsideContact.objects.current(at).filter(holder=holder).first()
    if named is not None:
        return named
    before = OutsideContact.objects.current(at)
    former = list(before.values_list("holder", flat=True))
    before.update(ended_at=at)
    actor = by.person_id if by else None
    record("people.name_outside_contact", actor=actor, subject=holder, at=at)
    contact = OutsideContact.objects.create(
        holder=holder,
        name=name,
        address_sealed=seal_address(address, about=about(holder)),
        since=at,
    )
    outside_named.send(sender=OutsideContact, contact=contact, former=former, at=at)
    return contact


def about(holder: UUID) -> str:
    return f"people.outsidecontact.address:{holder}"
