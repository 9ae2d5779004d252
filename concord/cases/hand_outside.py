"""hand_outside: what nobody on the team may coordinate goes to the outside contact, as it was judged (P-ZERO-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.models import Flag
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import Report
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class NobodyOutside(Refused):
    """There is nobody outside whom it could go to."""

    words = _(
        "Nobody on the team may take this, and no outside contact is named. Ask a lead to name one."
    )
    status = 409


@transaction.atomic
def hand_outside(
    sources: Iterable[Flag | Report], *, by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    """Let the outside contact read these too, and ask them to look; they say what comes of it. Twice is once.

    What they handed on, and still read, is with them again.
    Raises `NobodyOutside`, NoGrant.
    """
    outside = outside_readers(at)
    for source in sources:
        if not (by.is_current(at) and files.may_open(source.file, by.person_id)):
            raise NoGrant(subject=source.id)
        if not outside:
            raise NobodyOutside(subject=source.id)
        for contact in sorted(outside - files.readers(source.file)):
            files.grant(source.file, to=contact, by=keyring, at=at)
        record("cases.hand_outside", actor=by.person_id, subject=source.id, at=at)
    ring(outside, at=at)
