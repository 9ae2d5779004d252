"""drop_list: a list that nobody needs any more is erased, with its terms. How often its rule asked stays counted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.people.models import StaffMember
from concord.refusals import Refused


class ListIsInUse(Refused):
    """Nobody takes away by one press what a room is read by."""

    words = _("This list is in use. Pause it first; nothing has changed yet.")
    status = 409


@transaction.atomic
def drop_list(kept: TermList, *, by: StaffMember, at: datetime) -> TermList:
    """Erase a draft or a paused list. Twice is once. Raises OnlyTheTeamKeepsLists, ListIsInUse."""
    check_keeps_lists(by, at=at)
    found = TermList.objects.select_for_update().filter(id=kept.id).first()
    if found is None:
        return kept
    if found.state in (TermList.State.LIVE, TermList.State.SHADOW):
        raise ListIsInUse(subject=kept.id)
    TermList.objects.filter(id=kept.id).delete()
    record("monitoring.drop_list", actor=by.person_id, subject=kept.id, at=at)
    return kept
