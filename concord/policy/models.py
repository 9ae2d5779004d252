"""Versions of the policy and their texts. Neither is ever changed after publication (P-UPDATE-1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from concord.prepared import Slot


class VersionQuerySet(models.QuerySet["Version"]):
    def in_force(self, at: datetime) -> Version | None:
        """The version in force at a moment: conduct is judged by the one in force when it happened."""
        return self.by_time(at).first()

    def by_time(self, at: datetime | Slot) -> VersionQuerySet:
        """Those whose day had come, the last one first."""
        return self.filter(effective_from__lte=at).order_by("-effective_from", "-number")


class Version(models.Model):
    """A numbered version, in force from a moment on (P-EFFECT-1)."""

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    effective_from = models.DateTimeField()
    credit = models.CharField(max_length=300)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A published version is never changed; publish the next one.")
        super().save(*args, **kwargs)

    def text_in(self, language: str) -> Text:
        """The text in this language, else in its base language, else in the one published first."""
        texts = list(self.texts.order_by("id"))
        wanted = (language, language.split("-")[0])
        return next((text for code in wanted for text in texts if text.language == code), texts[0])


class Text(models.Model):
    """One language of a version: a title and sections, each a heading, paragraphs and points."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    sections = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="policy_one_text_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A published text is never changed; publish the next version.")
        super().save(*args, **kwargs)
