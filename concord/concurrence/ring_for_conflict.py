"""ring_for_conflict: a text that nobody can agree to, because of whoever proposed it, does not wait until it lapses.

The refusal undoes all that the press did. So its ring is left where refusals are recorded, in a transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.concurrence.end_unasked import who_may_adopt
from concord.concurrence.guards import ProposerHasAConflict
from concord.concurrence.models import OPEN_STATES, Proposal
from concord.concurrence.rings import is_live
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.refusals import Refused, register_recorder


def ring_the_seats(refused: Refused, actor: UUID | None, at: datetime) -> None:
    """Call coordinator and deputy, where they hold the text: one of them can take it over as theirs, or withdraw it."""
    if not isinstance(refused, ProposerHasAConflict) or refused.subject is None:
        return
    proposal = Proposal.objects.filter(id=refused.subject, state__in=OPEN_STATES).first()
    if proposal is None:
        return
    seats = who_may_adopt(proposal.version, at=at)
    tell_desks(seats, "proposal", proposal.id)
    ring(seats, at=at, at_once=is_live(proposal.version))


register_recorder(ring_the_seats)
