"""What was signed by somebody who leaves the team before it is carried out goes on with others (R-CONCUR-1).

Their yes is void, and others are asked for one. Their own text waits for whoever follows to take it over: nobody is
asked for a yes to it meanwhile, for it could not be carried out. Where nobody is left who could do either, it ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from concord.cases.hear_departures import lends_parts  # the seats are filled first
from concord.concurrence.ask_wider import ask_wider
from concord.concurrence.end_unasked import end_unasked, who_may_adopt
from concord.concurrence.guards import is_on_the_team
from concord.concurrence.models import (
    OPEN_STATES,
    Decision,
    Proposal,
    ProposalQuerySet,
    State,
    Version,
)
from concord.concurrence.rings import is_live, may_be_asked
from concord.concurrence.signals import answered
from concord.ledger.record import record
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.people.signals import designation_ended
from concord.vault import files


@receiver(designation_ended, dispatch_uid="concurrence.hear_departures")
def go_on_without_them(
    sender: type[StaffMember], staff: StaffMember, at: datetime, **kwargs: Any
) -> None:
    """They had no conflict, and what they found necessary may be so still."""
    person = staff.person_id
    for id in _theirs(person).order_by("case", "id").values_list("id", flat=True):
        proposal = Proposal.objects.held(id)
        version = proposal.version
        yes = version.concurrences.filter(voided_at__isnull=True)
        is_theirs = version.proposer == person or yes.filter(person=person).exists()
        if proposal.state in OPEN_STATES and is_theirs:
            lose_the_yes(version, at=at, who=person)
        end_unasked(id, at=at)


@lends_parts
def cases_with_a_part(person: UUID) -> set[UUID]:
    """The cases in which they proposed, agreed, or were given to read, what is open; or can read what was decided."""
    decided = Decision.objects.filter(file__in=files.held_by(person))
    return {
        *_theirs(person).values_list("case", flat=True),
        *decided.values_list("case", flat=True),
    }


def _theirs(person: UUID) -> ProposalQuerySet:
    agreed = Q(versions__concurrences__person=person, versions__concurrences__voided_at=None)
    given = Q(versions__briefing__in=files.held_by(person))
    return Proposal.objects.open().filter(Q(versions__proposer=person) | agreed | given).distinct()


def lose_the_yes(version: Version, *, at: datetime, **who: UUID) -> None:
    """Whatever yes stands is void, and the text waits for one again. The proposal is held, and open."""
    version.concurrences.filter(voided_at__isnull=True).update(voided_at=at)
    Proposal.objects.filter(id=version.proposal_id).update(state=State.PROPOSED)
    record("concurrence.leave", actor=None, subject=version.proposal_id, at=at, **who)
    _ring(version, at=at)
    answered.send(sender=Version, version=version, at=at)


def _ring(version: Version, *, at: datetime) -> None:
    """Whoever can bring it on: those who may agree, also if they were asked before; else those who may adopt it."""
    if is_on_the_team(version.proposer, at=at):
        said = set(version.declines.values_list("person", flat=True))
        asked = set(version.asked.values_list("person", flat=True)) - said
        may = {one.person_id for one in may_be_asked(version, at=at)}
        ring(asked & may, at=at, at_once=is_live(version))
        ask_wider(version, at=at)
        return
    ring(who_may_adopt(version, at=at), at=at, at_once=is_live(version))
