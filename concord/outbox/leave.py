"""leave: write down what must happen later, in the same transaction as what caused it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from concord.outbox import wake
from concord.outbox.models import Job


def leave(
    kind: str,
    *,
    at: datetime,
    subject: UUID | None = None,
    due_at: datetime | None = None,
    unique_key: str | None = None,
) -> Job | None:
    """Leave a job for the worker. With `unique_key`, a second one while the first waits leaves nothing.

    Two at once leave one, and neither of those who left it is stopped in what it does.
    """
    job = Job(kind=kind, subject=subject, due_at=due_at or at, unique_key=unique_key)
    if unique_key is None:
        job.save(force_insert=True)
    elif Job.objects.waiting().filter(unique_key=unique_key).exists():
        return None
    else:
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            return None
    transaction.on_commit(wake.wake)
    return job


def leave_at_once(kind: str, *, at: datetime, subject: UUID, unique_key: str) -> Job | None:
    """As `leave`; and one that waits under this key already, perhaps for its next try, is due now and begins anew.

    One that is on its way at this moment is left to arrive.
    """
    behind = Job.objects.waiting().filter(unique_key=unique_key, leased_until__isnull=True)
    if behind.update(due_at=at, attempts=0):
        transaction.on_commit(wake.wake)
        return None
    return leave(kind, subject=subject, unique_key=unique_key, at=at)
