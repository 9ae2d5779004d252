"""The processes that hold streams open, while there are several: nothing here knows a listener."""

from __future__ import annotations

import uuid
from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

SILENT = timedelta(seconds=30)
"""A process that said nothing for so long is gone, and has let its streams go before (`follow_cuts`)."""

KEPT = timedelta(minutes=2)


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


class EndingQuerySet(models.QuerySet["Ending"]):
    def of_late(self) -> EndingQuerySet:
        """Those that a process may not have followed yet."""
        return self.filter(ended_at__gt=Now() - KEPT)

    def forget(self) -> None:
        """Those that every living process has followed by now are gone."""
        self.filter(ended_at__lt=Now() - 2 * KEPT).delete()


class Ending(models.Model):
    """Somebody's streams were to end, for another reason than a shut: a sign-in ended, a desk closed (`end_streams`).

    Kept for minutes, for a process to which PostgreSQL's word of it did not come through.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id: UUID = models.UUIDField()  # type: ignore[assignment]
    ended_at = models.DateTimeField(db_default=Now(), db_index=True)

    objects = EndingQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
