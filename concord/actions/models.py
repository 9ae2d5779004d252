"""Requests for review and "this is not me": what a person who was shut out may tell us, without an account."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from concord.vault.files import seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    def visible_to(self, staff: StaffMember) -> ReviewRequestQuerySet:
        return self.filter(file__in=seen_by(staff.person_id))


class ReviewRequest(models.Model):
    """Somebody asks us to look again, or says that they are somebody else. Sealed JSON: {"words", "contact"}."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(
        max_length=8, choices=[("review", "review"), ("not_me", "this is not me")]
    )
    shut = models.UUIDField(null=True)
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    box = models.UUIDField(null=True)
    filed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at"]

    def __str__(self) -> str:
        return self.code
