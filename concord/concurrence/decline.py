"""decline: not to agree, and to say why. Whoever is asked next reads it, also where the text is changed since."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.concurrence.contents import read_contents, targets_of
from concord.concurrence.guards import (
    NeedsAnotherStaffMember,
    check_key,
    check_no_conflict,
    check_not_acquainted,
    check_open,
    check_read,
    check_staff,
)
from concord.concurrence.models import Decline, Proposal, State, Version
from concord.concurrence.propose import about_of, known_to
from concord.concurrence.rings import is_live, left_to_ask
from concord.concurrence.signals import answered
from concord.concurrence.void import close
from concord.ledger.record import record
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class NeedsAReason(Refused):
    """A decline says why."""

    words = _("Please say in a few words why not; your colleagues will read it.")
    status = 409


@transaction.atomic
def decline(
    version: Version, *, reason: str, by: StaffMember, keyring: Keyring, at: datetime
) -> Decline:
    """Say no to this version, with a reason. Whoever proposed it is rung: they may word it anew. With the no of the
    last who was given it, the proposal is declined.

    Raises `NeedsAReason`, `NeedsAnotherStaffMember` (withdraw one's own instead), and the guards of concur.
    """
    Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    if by.person_id == version.proposer:
        raise NeedsAnotherStaffMember(subject=version.proposal_id)
    check_open(version, at=at)
    targets = targets_of(read_contents(version, keyring=keyring))
    about = about_of(targets)
    check_no_conflict(version, by.person_id, about=about, at=at)
    check_not_acquainted(version, by.person_id, about=about, known_to=known_to(targets))
    check_read(version, by.person_id)
    if not reason.strip():
        raise NeedsAReason(subject=version.proposal_id)
    sealed = files.seal(
        version.briefing, reason.strip().encode(), about=f"decline:{version.id}:{by.person_id}"
    )
    row, _first = Decline.objects.get_or_create(
        version=version, person=by.person_id, defaults={"sealed": sealed, "declined_at": at}
    )
    record("concurrence.decline", actor=by.person_id, subject=version.proposal_id, at=at)
    answered.send(sender=Version, version=version, at=at)
    if not left_to_ask(version, about=about, at=at):
        close(version.proposal, State.DECLINED, by=by.person_id, at=at)
    else:
        ring([version.proposer], at=at, at_once=is_live(version))
    return row
