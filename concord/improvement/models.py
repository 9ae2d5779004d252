"""Feedback, lessons and drills. What was typed lies sealed in the book, which designated staff can open."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models

from concord.convenings.models import Convening


class Book(models.Model):
    """The vault file that all feedback and all lessons are sealed into; there is one.

    A file for each would tell, by its entry in the ledger, when it was written.
    """

    file = models.UUIDField(unique=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return str(self.file)


class Feedback(models.Model):
    """What somebody thought of how we handled it. `month` is its first day; there is no other time and no key.

    Answers: yes, partly, no, or empty for a question that was left out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(db_index=True)
    heard = models.CharField(max_length=6, blank=True)
    wishes = models.CharField(max_length=6, blank=True)
    safer = models.CharField(max_length=6, blank=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.month)


class ClosedCount(models.Model):
    """How many cases that were closed in a quarter were about one kind or on one ground; linked to no case."""

    quarter = models.DateField()
    code = models.CharField(max_length=20)
    cases = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "code"], name="improvement_one_count")
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.code}"


class Lesson(models.Model):
    """What the team learned, or changed: a line of the log. Sealed, for a debrief may say more than it should."""

    class Kind(models.TextChoices):
        DEBRIEF = "debrief", "debrief"
        CHANGE = "change", "change"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sealed = models.BinaryField()
    noted_by = models.UUIDField()
    noted_on = models.DateField()

    class Meta:
        ordering = ["-noted_on", "id"]

    def __str__(self) -> str:
        return str(self.noted_on)


class Drill(models.Model):
    """The drill that is going on; there is one at most, and none once it is over.

    What is played in it lies in a database apart, under the same id (`apart`), and nothing of it here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return str(self.id)

    def is_over(self, at: datetime) -> bool:
        """Whether its time is up, although nobody has ended it yet."""
        return at >= self.ends_at


class DrillRecord(models.Model):
    """What is left of a drill: a day and numbers. Nobody's id, and no hour, by which somebody could be known.

    Seconds from its beginning until each thing happened; None for what did not.
    """

    held_on = models.DateField()
    people_asked = models.PositiveSmallIntegerField()
    looked = models.PositiveIntegerField(null=True)
    proposed = models.PositiveIntegerField(null=True)
    agreed = models.PositiveIntegerField(null=True)
    verified = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return str(self.held_on)
