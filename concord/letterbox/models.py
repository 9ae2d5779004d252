"""Boxes and what lies in them. A box is found by a keyed hash of its code and sealed to a key made from it."""

from __future__ import annotations

import uuid

from django.db import models


class Box(models.Model):
    """A sealed box for one holder of a code. Neither the code nor whose it is can be read from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20)
    locator = models.BinaryField(max_length=32, unique=True)
    reading_public = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    used_on = models.DateField(db_index=True)
    """The day on which it was last opened, or something was last laid in it; no hour, for that would tell more."""

    def __str__(self) -> str:
        return str(self.id)


class Answer(models.Model):
    """One sealed text in a box; `kind` is a short code that tells the page how to show it.

    `is_held`: it was laid there sealed, and its holder does not find it yet; `lay` lets it be found.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=20)
    sealed = models.BinaryField()
    pushed_at = models.DateTimeField()
    is_held = models.BooleanField(default=False)

    class Meta:
        ordering = ["pushed_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Reading(models.Model):
    """A box held open in one browser for twenty minutes: found by a hash of its cookie, sealed under it.

    It is no part of the sign-in session: that row would say which participant holds a code.
    """

    locator = models.BinaryField(max_length=32, primary_key=True)
    sealed = models.BinaryField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return bytes(self.locator).hex()[:8]
