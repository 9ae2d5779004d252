"""export_list: a list leaves as a file with a number of its own. Who took which is kept; its terms are not.

A list that comes to light elsewhere tells whoever wants to get past it what is looked for, and the number who had it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.monitoring.screening.read_list import write_list
from concord.people.models import StaffMember


@transaction.atomic
def export_list(kept: TermList, *, by: StaffMember, at: datetime) -> str:
    """The file, as `bring_list` takes it, numbered in its first row. Each time is an entry.

    Raises OnlyTheTeamKeepsLists.
    """
    check_keeps_lists(by, at=at)
    number = random_code()
    record("monitoring.export_list", actor=by.person_id, subject=kept.id, at=at, number=number)
    return write_list(kept.terms, number=number)
