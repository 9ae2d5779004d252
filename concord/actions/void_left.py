"""void_left: somebody on the list of an open proposal does not belong to the organisation any more: it is void.

Two people agreed, or were asked to, to a list that is not true any more. A job closes the proposal, for the one who
leaves must wait for nobody; until it ran, carrying it out is refused (`bar_member.BelongsNoLonger`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from concord.concurrence.models import OPEN_STATES, Proposal, State, Version
from concord.concurrence.void import close
from concord.names import token
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.signals import affiliation_ended


@receiver(affiliation_ended, dispatch_uid="actions.void_left")
def hear(sender: Any, person: UUID, folded: str, at: datetime, **kwargs: Any) -> None:
    """Find open proposals on this organisation that list this person, by keyed tokens; nothing is opened."""
    organisation, member = (
        token("target", f"organisation:{folded}"),
        token("target", f"member:{person}"),
    )
    found = Version.objects.filter(
        voided_at__isnull=True, proposal__state__in=OPEN_STATES, steps__target_token=organisation
    ).filter(steps__target_token=member)
    for version in found.distinct():
        leave("actions.void_left", subject=version.id, at=at)


@handles("actions.void_left")
@transaction.atomic
def void_left(job: Job, *, at: datetime) -> None:
    """Close it, unless it was changed, closed or carried out meanwhile."""
    version = Version.objects.get(id=job.about)
    proposal = Proposal.objects.held(version.proposal_id)
    if proposal.state in OPEN_STATES and proposal.version.id == version.id:
        close(proposal, State.VOIDED, by=None, at=at)
