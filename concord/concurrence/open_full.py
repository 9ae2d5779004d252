"""open_full: whoever is asked reads all that was flagged and reported, and whoever coordinates sees that they did.

What a version shows was chosen for them. Who cannot judge by it opens the rest: with a grant of their own that is at
rest, which is awake for this one reading and no longer, under the case's lock; a reporter who kept them out gave them
none. Everybody but those it is about is masked, and neither notes nor files are shown (K-PRIV-1, K-CONF-1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.read_case import read_case
from concord.concurrence.called_now import as_called_now
from concord.concurrence.contents import read_contents, targets_of
from concord.concurrence.evidence import everything_in, pieces_of
from concord.concurrence.guards import (
    NeedsOpening,
    check_key,
    check_no_conflict,
    check_not_acquainted,
    check_open,
    check_staff,
)
from concord.concurrence.models import Opening, Proposal, Version
from concord.concurrence.propose import about_of, known_to
from concord.concurrence.signals import asked_wider
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class KeyDoesNotOpenIt(Refused):
    """Only who receives reports, and was kept out by nobody, has a grant to what was told."""

    words = _("Your key does not open this case. Please ask whoever coordinates to show you more.")


@transaction.atomic
def open_full(
    version: Version, *, by: StaffMember, keyring: Keyring, at: datetime
) -> list[dict[str, Any]]:
    """All that was flagged and reported, masked, as `evidence.shown_in` tells it. Each reading is an entry.

    Raises NotDesignated, NeedsOwnKey, HasAConflict, Acquainted, NeedsOpening, KeyDoesNotOpenIt, NoGrant, and
    StaleVersion, NoLongerOpen or Lapsed for what is over.
    """
    case = Proposal.objects.held(version.proposal_id).case
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_staff(by, at=at)
    check_key(by, keyring.holder)
    check_open(version, at=at)
    targets = targets_of(read_contents(version, keyring=keyring))
    about = about_of(targets)
    check_no_conflict(version, by.person_id, about=about, at=at)
    check_not_acquainted(version, by.person_id, about=about, known_to=known_to(targets))
    opening = Opening.objects.filter(version=version, person=by.person_id).first()
    if opening is None:
        raise NeedsOpening(subject=version.proposal_id)
    at_rest = by.person_id in files.dormant_readers(case.file)
    if not at_rest and not files.may_open(case.file, by.person_id):
        raise KeyDoesNotOpenIt(subject=version.proposal_id)
    if at_rest:
        files.wake(case.file, by.person_id)
    opened = read_case(case, by=by, keyring=keyring, at=at)
    if at_rest:
        files.make_dormant(case.file, by.person_id)
    if opening.full_at is None:
        opening.full_at = at
        opening.save(update_fields=["full_at"])
        asked_wider.send(sender=Version, version=version, at=at)
    record(
        "concurrence.open_full",
        actor=by.person_id,
        subject=version.proposal_id,
        at=at,
        version=version.id,
    )
    shown = as_called_now(targets, case=case)
    return everything_in(pieces_of(opened), targets=shown, parties=opened.parties)
