"""Verdicts of the guard: this exact text names nobody who is protected in this case."""

from __future__ import annotations

import uuid

from django.db import models


class Verdict(models.Model):
    """The guard read a text and found nobody named. It holds for that text alone, to the letter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text_digest = models.CharField(max_length=64)
    case = models.UUIDField(null=True)
    read_by = models.UUIDField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
