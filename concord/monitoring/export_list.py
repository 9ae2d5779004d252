"""export_list: a list leaves as a file. That it did, and by whom, is kept; its terms are not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.monitoring.screening.read_list import write_list
from concord.people.models import StaffMember


@transaction.atomic
def export_list(kept: TermList, *, by: StaffMember, at: datetime) -> str:
    """The file, as `bring_list` takes it. Each time is an entry. Raises OnlyTheTeamKeepsLists."""
    check_keeps_lists(by, at=at)
    record("monitoring.export_list", actor=by.person_id, subject=kept.id, at=at)
    return write_list(kept.terms)
