"""shadow_list: a list counts along and asks nobody. When it was paused last stays known: a rehearsal must be newer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.people.models import StaffMember


@transaction.atomic
def shadow_list(kept: TermList, *, by: StaffMember, at: datetime) -> TermList:
    """Let it count along from now on. Twice is once. Raises OnlyTheTeamKeepsLists."""
    check_keeps_lists(by, at=at)
    kept = TermList.objects.select_for_update().get(id=kept.id)
    if kept.state != TermList.State.SHADOW:
        kept.state, kept.counted, kept.flooded = TermList.State.SHADOW, 0, False
        kept.shadowed_at = at
        kept.save()
        record("monitoring.shadow_list", actor=by.person_id, subject=kept.id, at=at)
    return kept
