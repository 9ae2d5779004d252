"""end_unasked: nobody is left who could bring a proposal on, and it ends at once (workflow.md 4.4).

The last who could agree said that they know the person, stepped out, or left the team; or its proposer left, and nobody
who answers for the case was ever given the text. Without it whoever answers for the case would believe that it is being
read, and nothing else could be proposed about the same person meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import Proposal, State, Version
from concord.concurrence.rings import may_be_asked
from concord.concurrence.void import close
from concord.vault import files


@transaction.atomic
def end_unasked(id: UUID, *, at: datetime, without: Collection[UUID] = ()) -> bool:
    """Decline it where nobody may be asked any more but those in `without`; whoever answers for the case is rung.

    A text whose proposer has left asks nobody, and waits for whoever takes it over: it is void where nobody can. It is
    not given to them instead, for only the text tells whether it is about somebody to whom they are close. Twice is
    once.
    """
    proposal = Proposal.objects.held(id)
    version = proposal.version
    if proposal.state != State.PROPOSED:
        return False
    if is_on_the_team(version.proposer, at=at):
        said_no = set(version.declines.values_list("person", flat=True))
        left = {one.person_id for one in may_be_asked(version, at=at)}
        left -= {version.proposer, *said_no, *without}
        state = State.DECLINED
    else:
        left, state = who_may_adopt(version, at=at), State.VOIDED
    if left:
        return False
    close(proposal, state, by=None, at=at)
    return True


def who_may_adopt(version: Version, *, at: datetime) -> set[UUID]:
    """Coordinator and deputy, where they are on the team and the text was sealed to them."""
    case = version.proposal.case
    seats = {one.person_id for one in (case.coordinator, case.deputy) if one is not None}
    readers = files.readers(version.briefing)
    return {one for one in seats & readers if is_on_the_team(one, at=at)}
