"""leave: write down what must happen later, in the same transaction as what caused it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

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
    """Leave a job for the worker. With `unique_key`, a second one while the first waits leaves nothing."""
    if unique_key and Job.objects.waiting().filter(unique_key=unique_key).exists():
        return None
    job = Job.objects.create(kind=kind, subject=subject, due_at=due_at or at, unique_key=unique_key)
    transaction.on_commit(wake.wake)
    return job
