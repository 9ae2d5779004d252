"""end_unasked: nobody is left who could bring a proposal on, and it ends at once (workflow.md 4.4).

The last who could agree said that they know the person, stepped out, or left the team; or its proposer left, and nobody
who answers for the case was ever given the text. Without it whoever answers for the case would believe that it is being
read, and nothing else could be proposed about the same person meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.signals import handed_over
from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import OPEN_STATES, Proposal, State, Version
from concord.concurrence.rings import may_be_asked
from concord.concurrence.void import close
from concord.vault import files


@transaction.atomic
def end_unasked(id: UUID, *, at: datetime, without: Collection[UUID] = ()) -> bool:
    """Decline it where nobody may be asked any more but those in `without`; whoever answers for the case is rung.

    A text whose proposer has left waits for whoever takes it over, and one that does not act at once for their press:
    it is void where none of them was given it. It is not given to them instead, for only the text tells whether it is
    about somebody to whom they are close. Twice is once.
    """
    proposal = Proposal.objects.held(id)
    version = proposal.version
    if proposal.state not in OPEN_STATES:
        return False
    goes_on = is_on_the_team(version.proposer, at=at)
    needs_a_seat = not goes_on or not version.act_at_once
    if needs_a_seat and not who_may_adopt(version, at=at):
        close(proposal, State.VOIDED, by=None, at=at)
        return True
    if not goes_on or proposal.state != State.PROPOSED:
        return False
    said_no = set(version.declines.values_list("person", flat=True))
    left = {one.person_id for one in may_be_asked(version, at=at)}
    if left - {version.proposer, *said_no, *without}:
        return False
    close(proposal, State.DECLINED, by=None, at=at)
    return True


@receiver(handed_over, dispatch_uid="concurrence.end_unasked")
def end_what_nobody_presses(sender: type[Case], case: Case, at: datetime, **kwargs: Any) -> None:
    """Whoever came to the case may be new to the team, or know the person a little, and was given no text."""
    for id in Proposal.objects.open().filter(case=case).order_by("id").values_list("id", flat=True):
        end_unasked(id, at=at)


def who_may_adopt(version: Version, *, at: datetime) -> set[UUID]:
    """Coordinator and deputy, where they are on the team and the text was sealed to them."""
    case = version.proposal.case
    seats = {one.person_id for one in (case.coordinator, case.deputy) if one is not None}
    readers = files.readers(version.briefing)
    return {one for one in seats & readers if is_on_the_team(one, at=at)}
