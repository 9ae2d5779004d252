"""put_live: from now on a list asks a person to look, after a rehearsal that did not flood and a while of counting.

From a draft, and after each pause, the way is the same: what it would have flagged, then counting along, then live.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.bring_list import check_keeps_lists
from concord.monitoring.models import TermList
from concord.people.models import StaffMember
from concord.refusals import Refused

FLOOD = 0.05
"""Of the newest messages: whatever flags more of them is no list of what is rare."""
TOO_FEW = 40
"""Messages, below which no share is worked out."""


class NeedsRehearsal(Refused):
    words = _("First see what it would have flagged. Nothing has changed yet.")
    status = 409


class NeedsShadow(Refused):
    """What counts along asks nobody yet: there the team sees what a list does among people who write now."""

    words = _("First let it count along for a while. Nothing has changed yet.")
    status = 409


class WouldFlood(Refused):
    words = _(
        "It would flag more than one message in twenty. Take out the words that many people use, and "
        "bring the list again."
    )
    status = 409


@transaction.atomic
def put_live(kept: TermList, *, by: StaffMember, at: datetime) -> TermList:
    """Let a list ask people to look. Twice is once.

    Raises OnlyTheTeamKeepsLists, NeedsRehearsal, WouldFlood, NeedsShadow.
    """
    check_keeps_lists(by, at=at)
    kept = TermList.objects.select_for_update().get(id=kept.id)
    if kept.state == TermList.State.LIVE:
        return kept
    if not kept.is_rehearsed:
        raise NeedsRehearsal(subject=kept.id)
    if kept.rehearsed_on >= TOO_FEW and kept.rehearsed_hits > FLOOD * kept.rehearsed_on:
        raise WouldFlood(subject=kept.id)
    if kept.state != TermList.State.SHADOW:
        raise NeedsShadow(subject=kept.id)
    kept.state, kept.paused_at, kept.flooded = TermList.State.LIVE, None, False
    kept.save()
    record("monitoring.put_live", actor=by.person_id, subject=kept.id, at=at)
    return kept
