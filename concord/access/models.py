"""The gate and its shuts. Nothing here says why: a shut carries a scope, an end, and an opaque warrant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from concord.people.models import Person


@dataclass(frozen=True)
class Place:
    """Somewhere one can be admitted to: everywhere ("all"), a convening, a session. The id is opaque here."""

    kind: str
    id: uuid.UUID | None = None


EVERYWHERE = Place("all")


class Gate(models.Model):
    """One row a person: held by each of their posts while it commits, taken whole by a shut."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="gate", primary_key=True
    )

    def __str__(self) -> str:
        return str(self.person_id)


class ShutQuerySet(models.QuerySet["Shut"]):
    def in_force(self, at: datetime) -> ShutQuerySet:
        return self.not_over(at).filter(since_at__lte=at)

    def not_over(self, at: datetime) -> ShutQuerySet:
        """In force, or begun after `at`: a request that waited at the gate is older than the shut it meets."""
        return self.filter(
            Q(until_at__isnull=True) | Q(until_at__gt=at),
            Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        )

    def at_places(self, places: Iterable[Place]) -> ShutQuerySet:
        wanted = Q(scope_kind=EVERYWHERE.kind)
        for place in places:
            wanted |= Q(scope_kind=place.kind, scope_id=place.id)
        return self.filter(wanted)


class Shut(models.Model):
    """A person is shut out of a place until a time, under a warrant. Ending it early sets `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shuts")
    scope_kind = models.CharField(
        max_length=10, choices=[("session", "session"), ("convening", "convening"), ("all", "all")]
    )
    scope_id = models.UUIDField(null=True)
    warrant = models.UUIDField(unique=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ShutQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "scope_kind"], name="access_shut_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope_kind="all", scope_id__isnull=True)
                | (~Q(scope_kind="all") & Q(scope_id__isnull=False)),
                name="access_shut_scope_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("since_at")),
                name="access_shut_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> Place:
        return Place(self.scope_kind, self.scope_id)


class ShutToken(models.Model):
    """An opaque keyed token stored with a shut, by which a later login can be compared. Dies with it."""

    shut = models.ForeignKey(Shut, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=20)
    token = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["kind", "token"], name="access_token_lookup")]

    def __str__(self) -> str:
        return self.kind


class Epoch(models.Model):
    """A single counter that grows with every shut and every end of one; other processes compare it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
