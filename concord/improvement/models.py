"""Feedback and lessons. What was typed lies sealed in the book, which designated staff can open."""

from __future__ import annotations

import uuid

from django.db import models


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
