"""adopt_proposal: whoever coordinates a case now puts an open proposal of somebody else before the others as theirs.

Its first author may agree to it then: it is another person's, who signs the very same words (workflow.md 4.4).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.concurrence.contents import read_contents, terms_in
from concord.concurrence.guards import check_newest, check_read
from concord.concurrence.models import Proposal, Version
from concord.concurrence.propose import revise
from concord.concurrence.terms import Terms
from concord.concurrence.void import check_unexecuted
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


@transaction.atomic
def adopt_proposal(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Version:
    """A new version in one's own name; an agreement to the old one is void. One's own already, it stays as it is.

    It signs, so it is for whoever has read this very text. Raises `StaleVersion`, `NeedsOpening`, and what `revise`
    raises: `NeedsCoordinator` for anybody but coordinator and deputy, `NoLongerOpen`, `Incomplete` where time has gone
    over its dates; NoGrant.
    """
    proposal = Proposal.objects.held(version.proposal_id)
    newest = proposal.version
    if newest.proposer == by.person_id:
        return newest
    check_newest(version, newest)
    check_unexecuted(proposal)
    check_read(version, by.person_id)
    terms = terms_of(version, keyring=keyring)
    adopted = revise(proposal, terms=terms, by=by, keyring=keyring, at=at)
    record("concurrence.adopt", actor=by.person_id, subject=proposal.id, at=at, version=adopted.id)
    return adopted


def terms_of(version: Version, *, keyring: Keyring) -> Terms:
    """What a version says, as it was typed. Raises NoGrant."""
    return terms_in(read_contents(version, keyring=keyring))
