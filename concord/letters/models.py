"""Letters on their way out: sealed to the delivery key, erased when delivered or given up."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Letter(models.Model):
    """One outgoing text. The recipient and the text lie sealed under the delivery key until it is sent.

    One that `waits_for` something is not carried out before `release` is called for that id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    guarded = models.BooleanField(default=False)
    verdict = models.UUIDField(null=True)
    sealed = models.BinaryField(null=True)
    waits_for = models.UUIDField(null=True, db_index=True)
    left_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(guarded=False) | Q(verdict__isnull=False),
                name="letters_guarded_needs_a_verdict",
            )
        ]

    def __str__(self) -> str:
        return self.kind
