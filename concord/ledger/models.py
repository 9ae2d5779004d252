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
