"""Entries, and the chain over them. An entry holds ids, verbs and short codes; never a name or a text."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that somebody did, or was refused, at a moment. Never edited; deleted after five years (`prune`)."""

    verb = models.CharField(max_length=60)
    actor = models.UUIDField(null=True)
    subject = models.UUIDField(null=True, db_index=True)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["actor", "at"], name="ledger_acts_of_one")]

    def __str__(self) -> str:
        return f"{self.id} {self.verb}"


class Link(models.Model):
    """The chain: each link hashes its entry together with the link before it."""

    position = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="link")
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.position)


class Anchor(models.Model):
    """One row: the last link that was pruned. The chain that is left begins at its digest."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.position)


class Head(models.Model):
    """The newest link as a day (UTC) was over. Kept for good: whoever wrote one down can hold us to it."""

    day = models.DateField(primary_key=True)
    position = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        """The line that goes to the auditor: day, number of entries, digest."""
        return f"{self.day} {self.position} {bytes(self.digest).hex()}"
