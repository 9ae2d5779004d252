"""Rooms, posts, removals and brakes."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from concord.access.models import Place
from concord.convenings.models import Convening, Registration, Session


class Room(models.Model):
    """Where people talk: a lobby for each event, a room for each session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="rooms")
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="room", null=True)
    name = models.CharField(max_length=120)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["convening"], condition=Q(session__isnull=True), name="spaces_one_lobby"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> list[Place]:
        return self.session.places if self.session else self.convening.places

    @property
    def stream(self) -> str:
        return f"room:{self.id}"


class Post(models.Model):
    """A post, or a comment on one. Its number is allotted under the room's lock, so a resume misses none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveBigIntegerField()
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="posts")
    comment_on = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="comments")
    text = models.TextField(max_length=4_000)
    posted_at = models.DateTimeField()
    nonce = models.UUIDField(null=True, unique=True)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="spaces_post_number")]
        indexes = [models.Index(fields=["registration", "room"], name="spaces_post_author")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.number}"


class Removal(models.Model):
    """A post was taken out of view under a warrant. Its text lies sealed under the decision's removal key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="removals")
    warrant = models.UUIDField(unique=True)
    file = models.UUIDField()
    sealed = models.BinaryField()
    removed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(undone_at__isnull=True), name="spaces_one_standing_removal"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class BrakeQuerySet(models.QuerySet["Brake"]):
    def holding(self, at: datetime) -> BrakeQuerySet:
        return self.filter(
            Q(confirmed_at__isnull=False) | Q(lapses_at__gt=at), lifted_at__isnull=True, pulled_at__lte=at
        )


class Brake(models.Model):
    """A room brake, pulled by one staff member; another confirms it within 15 minutes or it is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="brakes")
    kind = models.CharField(
        max_length=10,
        choices=[
            ("pause", "pause"),
            ("slow", "slow"),
            ("lock", "lock"),
            ("newcomers", "newcomers read"),
            ("end", "end"),
        ],
    )
    pulled_by = models.UUIDField()
    pulled_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = BrakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("pulled_by")),
                name="spaces_brake_confirmed_by_another",
            )
        ]

    def __str__(self) -> str:
        return self.kind
