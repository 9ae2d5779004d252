"""Jobs. A row is what must happen later; it carries ids only, never contents."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> JobQuerySet:
        return self.filter(done_at__isnull=True, dead_at__isnull=True)

    def dead(self) -> JobQuerySet:
        return self.filter(dead_at__isnull=False)


class Job(models.Model):
    """Something to do at or after `due_at`. Claimed with a lease; done once, or dead and shown to staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.UUIDField(null=True)
    unique_key = models.CharField(max_length=120, null=True)
    due_at = models.DateTimeField()
    every_seconds = models.PositiveIntegerField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
                name="outbox_one_waiting_job_per_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
                name="outbox_due",
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def about(self) -> uuid.UUID:
        """The id that the job is about. Raises LookupError for a job without one."""
        if self.subject is None:
            raise LookupError(self.kind)
        return self.subject
