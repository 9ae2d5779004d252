"""read_party: see who somebody in a case is, on asking, and leave in the ledger that one did (K-PRIV-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.cases.models import Party
from concord.cases.parties import Known, known_party
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


@transaction.atomic
def read_party(party: Party, *, by: StaffMember, keyring: Keyring, at: datetime) -> Known:
    """One party in the clear. Raises NoGrant for whoever may not open the case."""
    known = known_party(party, keyring=keyring)
    record("cases.read_party", actor=by.person_id, subject=party.case_id, at=at, party=party.id)
    return known
