"""note_live: what was proposed while nothing went on is waited for in minutes once its room is open (workflow.md 4.9).

Whoever threatened a speaker yesterday walks in when the session opens: the next time zone is not asked in the
afternoon. Waits only get shorter by it, and nothing that people sign changes: when a proposal lapses was signed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from concord.cases.models import Case
from concord.cases.presence import live_among
from concord.concurrence.happening import out_of_row
from concord.concurrence.models import OPEN_STATES, Proposal, Version
from concord.concurrence.rings import is_live, may_be_asked
from concord.convenings.running import is_running
from concord.convenings.signals import convening_changed, session_changed
from concord.ledger.record import record
from concord.monitoring.ring import ring
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import every, handles

OPENED = "concurrence.something_opened"


@receiver(session_changed, dispatch_uid="concurrence.a_session_opened")
@receiver(convening_changed, dispatch_uid="concurrence.an_event_opened")
def leave_a_look(sender: Any, at: datetime, **kwargs: Any) -> None:
    """After the opening has committed, which holds up no press in a case; its moment is the one that counts."""
    leave(OPENED, at=at)


@handles(OPENED)
def look_then(job: Job, *, at: datetime) -> None:
    note_live_in_all(job, at=job.due_at)


@every("concurrence.note_live", seconds=15)
def note_live_in_all(job: Job | None, *, at: datetime) -> int:
    """Look at all that was proposed while nothing went on: by the room of the case, and by where it would hold.

    A flag that joined since, or an urgent report, makes a case live as well. Returns how many are live from now on.
    """
    waiting = _waiting(at).select_related("proposal")
    quiet = [one for one in waiting if not is_live(one)]
    if not quiet:
        return 0
    live = live_among(Case.objects.filter(id__in={one.proposal.case_id for one in quiet}))
    begun = [
        one.id
        for one in quiet
        if one.proposal.case_id in live or is_running(out_of_row(one.places))
    ]
    return sum(_note(id, at=at) for id in begun)


@transaction.atomic
def _note(id: UUID, *, at: datetime) -> bool:
    """Once for each version; whoever was asked and has not answered is asked at once now."""
    Proposal.objects.held(Version.objects.values_list("proposal", flat=True).get(id=id))
    version = _waiting(at).select_related("proposal__case").filter(id=id).first()
    if version is None or is_live(version):
        return False
    version.live_at = at
    version.save(update_fields=["live_at"])
    said = set(version.declines.values_list("person", flat=True))
    asked = set(version.asked.values_list("person", flat=True)) - said
    may = {one.person_id for one in may_be_asked(version, at=at)}
    if not version.concurrences.filter(voided_at__isnull=True).exists():
        ring(asked & may, at=at, at_once=True)
    record("concurrence.note_live", actor=None, subject=version.proposal_id, at=at)
    return True


def _waiting(at: datetime) -> QuerySet[Version]:
    open_now = Proposal.objects.filter(state__in=OPEN_STATES)
    return Version.objects.filter(
        proposal__in=open_now, voided_at__isnull=True, submitted_at__lte=at, lapses_at__gt=at
    )
