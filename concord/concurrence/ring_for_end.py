"""ring_for_end: a proposal came to an end and nothing was done under it; whoever answers for the case is rung (4.9).

It lapsed, or nobody was left to agree, or it is void because somebody stepped out or took their yes back. They sleep,
or think that it is under way, and the person whom it was to protect waits. Whoever ended it themselves knows. It is
looked at once all that came with it is through: somebody who was taken out in the same breath is not rung.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.dispatch import receiver

from concord.cases.models import OVER
from concord.concurrence.models import Decline, Proposal, ProposalQuerySet, State, Version
from concord.concurrence.rings import is_live
from concord.concurrence.signals import settled
from concord.ledger.readings import acted
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.vault.sight import is_seen_by

KIND = "concurrence.ring_for_end"
UNDONE = [State.DECLINED, State.VOIDED, State.LAPSED, State.WITHDRAWN]


@receiver(settled, dispatch_uid="concurrence.ring_for_end")
def leave_a_ring(sender: Any, proposal: Proposal, at: datetime, **kwargs: Any) -> None:
    if proposal.state in UNDONE:
        leave(KIND, subject=proposal.id, at=at)


@handles(KIND)
@transaction.atomic
def ring_for_end(job: Job, *, at: datetime) -> None:
    """Ring the coordinator and the deputy, unless they did it or have looked meanwhile; at once where it was live."""
    found = Proposal.objects.filter(id=job.about).select_related("case").first()
    if found is None:
        return
    seated = [staff for staff in (found.case.coordinator, found.case.deputy) if staff is not None]
    persons = [one.person_id for one in seated if undone(one).filter(id=found.id).exists()]
    tell_desks(persons, "case", found.case_id)
    ring(persons, at=at, at_once=is_live(found.version))


def undone(staff: StaffMember) -> ProposalQuerySet:
    """In the cases they answer for: what came to nothing since they last looked, while nothing newer is proposed.

    That its coordinator withdrew it is no news to the deputy.
    """
    newest = Version.objects.filter(proposal=OuterRef("pk")).order_by("-number")
    ended_at = Subquery(newest.values("voided_at")[:1])
    ended = Proposal.objects.filter(state__in=UNDONE).alias(ended_at=ended_at)
    newer = Proposal.objects.filter(case=OuterRef("case"), opened_at__gte=OuterRef("ended_at"))
    return (
        ended.filter(is_seen_by(staff.person_id, file="case__file"))
        .filter(Q(case__coordinator=staff) | Q(case__deputy=staff) & ~Q(state=State.WITHDRAWN))
        .exclude(case__state__in=OVER)
        .exclude(Q(acted(staff.person_id, on="case_id", since="ended_at")))
        .exclude(Q(acted(staff.person_id, on="id", since="ended_at")))
        .exclude(Q(Exists(newer)))
    )


def unread_noes(staff: StaffMember) -> QuerySet[Decline]:
    """Why a colleague did not agree to what they proposed and is still open, since they last looked."""
    theirs = Decline.objects.filter(
        is_seen_by(staff.person_id, file="version__briefing"),
        version__proposer=staff.person_id,
        version__voided_at__isnull=True,
        version__proposal__state=State.PROPOSED,
    )
    return theirs.exclude(
        Q(acted(staff.person_id, on="version__proposal__case_id", since="declined_at"))
    )
