"""end_unasked: nobody is left who could be asked for a yes; the proposal is declined (workflow.md 4.4).

The last of them said that they know the person, stepped out, or left the team. Without it the text would wait, and
whoever proposed it would believe that it is being read.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import Proposal, State
from concord.concurrence.rings import may_be_asked
from concord.concurrence.void import close


@transaction.atomic
def end_unasked(id: UUID, *, at: datetime, without: Collection[UUID] = ()) -> bool:
    """Decline it where nobody may be asked any more but those in `without`; whoever answers for the case is rung.

    A text whose proposer has left asks nobody anyway: it waits for whoever takes it over. Twice is once.
    """
    proposal = Proposal.objects.held(id)
    version = proposal.version
    if proposal.state != State.PROPOSED or not is_on_the_team(version.proposer, at=at):
        return False
    said_no = set(version.declines.values_list("person", flat=True))
    left = {one.person_id for one in may_be_asked(version, at=at)}
    if left - {version.proposer} - said_no - set(without):
        return False
    close(proposal, State.DECLINED, by=None, at=at)
    return True
