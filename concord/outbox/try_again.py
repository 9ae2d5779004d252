"""try_again: somebody looked at what the worker gave up, and has it tried once more from the start."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.outbox import wake
from concord.outbox.models import Job


@transaction.atomic
def try_again(kind: str, *, by: UUID, at: datetime) -> int:
    """Every dead job of one kind is due now, with all its attempts. Returns how many; done twice, none."""
    revived = Job.objects.dead().filter(kind=kind).update(dead_at=None, attempts=0, due_at=at)
    if revived:
        record("outbox.try_again", actor=by, subject=None, at=at, kind=kind, jobs=revived)
        transaction.on_commit(wake.wake)
    return revived
