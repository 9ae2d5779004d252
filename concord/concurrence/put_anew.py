"""put_anew: the same words once more, for whoever came since and was never given them (R-CONCUR-1).

A text is sealed to those who may agree when it is written; nobody is let into it afterwards. Somebody who was brought
in for this very yes is asked by a new version.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.concurrence.contents import read_contents, terms_in
from concord.concurrence.guards import check_coordinates, check_newest, check_open, check_read
from concord.concurrence.models import Proposal, Version
from concord.concurrence.noes import about_of_noes, noes_in
from concord.concurrence.propose import about_of, known_to, revise
from concord.concurrence.rings import came_later
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault.keyring import Keyring


class NobodyCameSince(Refused):
    """Everybody who may agree was given this text already; a new one in the same words would only begin anew."""

    words = _("Everybody who may agree to this has been given it already.")
    status = 409


@transaction.atomic
def put_anew(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Version:
    """A new version in the same words, in the name of whoever presses, sealed to everybody who may agree by now.

    Raises `NobodyCameSince`, `StaleVersion`, `NeedsOpening`, and what `revise` raises: `NeedsCoordinator`,
    `NoLongerOpen`, `Lapsed`, `Incomplete`; NoGrant.
    """
    proposal = Proposal.objects.held(version.proposal_id)
    version = Version.objects.select_related("proposal__case").get(id=version.id)
    check_coordinates(version, by)
    check_newest(version, proposal.version)
    check_open(version, at=at)
    check_read(version, by.person_id)
    contents = read_contents(version, keyring=keyring)
    terms = terms_in(contents)
    whom = {
        "about": about_of(terms.targets),
        "earlier": about_of_noes(noes_in(contents)),
        "known_to": known_to(terms.targets),
    }
    if not came_later(version, **whom, at=at):
        raise NobodyCameSince(subject=proposal.id)
    anew = revise(proposal, terms=terms, by=by, keyring=keyring, at=at)
    record("concurrence.put_anew", actor=by.person_id, subject=proposal.id, at=at, version=anew.id)
    return anew
