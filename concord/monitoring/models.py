"""Flags: somebody asks a person to look at a post or at a moment. A flag hides and punishes nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from concord.spaces.models import Post, Room
from concord.vault.files import seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, staff: StaffMember) -> FlagQuerySet:
        """The flags whose row this staff member may see: those they hold a grant for, dormant or not."""
        return self.filter(file__in=seen_by(staff.person_id))

    def awaiting_judgement(self) -> FlagQuerySet:
        return self.filter(credible__isnull=True)


class Flag(models.Model):
    """A flag on a post or on a moment (spoken, shown). What was seen lies sealed under `file`.

    The sealed part is `monitoring.seen.Seen`: it keeps its own copy of the post, for the post may go. Who
    flagged is sealed with it; the row holds only a keyed token, by which the same flag is known again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=[("post", "post"), ("moment", "moment")])
    by_staff = models.BooleanField(default=False)
    raised_token = models.BinaryField(max_length=16, unique=True)
    raised_at = models.DateTimeField()
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    credible = models.BooleanField(null=True)
    judged_by = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)
    judgement_sealed = models.BinaryField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="moment", post__isnull=True) | Q(kind="post", post__isnull=False),
                name="monitoring_flag_points_at_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(credible__isnull=True)
                | Q(
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                    judgement_sealed__isnull=False,
                ),
                name="monitoring_judged_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, staff: StaffMember) -> PushSubscriptionQuerySet:
        """One's own and nobody else's."""
        return self.filter(person=staff.person_id)


class PushSubscription(models.Model):
    """A browser in which somebody of the team is told to look. Its address lies sealed under an environment key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField(db_index=True)
    token = models.BinaryField(max_length=16, unique=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    objects = PushSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
