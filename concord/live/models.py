"""The processes that hold streams open, while there are several: nothing here knows a listener."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

SILENT = timedelta(seconds=30)
"""A process that said nothing for so long is gone, and has let its streams go before (`follow_cuts`)."""


class ProcessQuerySet(models.QuerySet["Process"]):
    def alive(self) -> ProcessQuerySet:
        """Those heard of lately, by the database's clock: the machines' own may differ."""
        return self.filter(seen_at__gt=Now() - SILENT)


class Process(models.Model):
    """One serving process: when it was last heard of, and through which cut it has followed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seen_at = models.DateTimeField()
    followed = models.PositiveBigIntegerField(default=0)

    objects = ProcessQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
