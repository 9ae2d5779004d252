"""say_on_it: "I'm on it". Whoever proposed sees that somebody reads; it binds nobody and stops no ring (R-CONCUR-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.concurrence.guards import HasAConflict, check_open, check_staff
from concord.concurrence.models import Asked, Proposal, Version
from concord.concurrence.rings import LAST, may_be_asked
from concord.concurrence.signals import asked_wider
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused


class AsksYourself(Refused):
    """Whoever proposed it waits for others."""

    words = _("You proposed this yourself; somebody else reads it.")
    status = 409


@transaction.atomic
def say_on_it(version: Version, *, by: StaffMember, at: datetime) -> Asked:
    """Say that one is reading this version. Said twice, the first time counts.

    Raises NotDesignated, AsksYourself, HasAConflict, and StaleVersion, NoLongerOpen or Lapsed for what is over.
    """
    Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_staff(by, at=at)
    if by.person_id == version.proposer:
        raise AsksYourself(subject=version.proposal_id)
    check_open(version, at=at)
    if by not in may_be_asked(version, at=at):
        raise HasAConflict(subject=version.proposal_id)
    row, _new = Asked.objects.get_or_create(
        version=version, person=by.person_id, defaults={"ring": LAST, "asked_at": at}
    )
    if row.on_it_at is None:
        row.on_it_at = at
        row.save(update_fields=["on_it_at"])
        record("concurrence.say_on_it", actor=by.person_id, subject=version.proposal_id, at=at)
        asked_wider.send(sender=Version, version=version, at=at)
    return row
