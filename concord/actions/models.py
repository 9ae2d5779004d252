"""Requests for review and "this is not me": what a person who was shut out may tell us, without an account."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from concord.concurrence.models import Execution
from concord.vault.files import seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    def visible_to(self, staff: StaffMember) -> ReviewRequestQuerySet:
        return self.filter(file__in=seen_by(staff.person_id))


class ReviewRequest(models.Model):
    """Somebody asks us to look again, or says that they are somebody else. Sealed JSON: {"words", "contact"}.

    `named`: the link they came by told which decision it is about, so nobody who had a part in it reads this.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(
        max_length=8, choices=[("review", "review"), ("not_me", "this is not me")]
    )
    shut = models.UUIDField(null=True)
    named = models.BooleanField(default=False)
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


class NoticeReference(models.Model):
    """A keyed hash of the number in a notice, and what was carried out under it; see `review_reference`."""

    token = models.BinaryField(max_length=32)
    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "execution"], name="actions_one_reference_per_execution"
            )
        ]

    def __str__(self) -> str:
        return str(self.execution_id)


class Audit(models.Model):
    """One row: when the audit was last clean, when it last looked at everything, since when it is not clean."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    clean_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "not clean" if self.found_at else "clean"
