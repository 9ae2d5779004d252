"""The gate, its shuts, limits and notices. Nothing here says why: each has a scope, an end, and an opaque warrant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from concord.access.review_pass import review_pass_of
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


Row = TypeVar("Row", bound=models.Model)


class StandingQuerySet(models.QuerySet[Row]):
    """What holds for a person in a place until a time, unless it is ended before."""

    def in_force(self, at: datetime) -> Self:
        return self.not_over(at).filter(since_at__lte=at)

    def not_over(self, at: datetime) -> Self:
        """In force, or begun after `at`: a request that waited at the gate is older than what it meets there."""
        return self.filter(
            Q(until_at__isnull=True) | Q(until_at__gt=at),
            Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        )

    def at_places(self, places: Iterable[Place]) -> Self:
        wanted = Q(scope_kind=EVERYWHERE.kind)
        for place in places:
            wanted |= Q(scope_kind=place.kind, scope_id=place.id)
        return self.filter(wanted)


class ShutQuerySet(StandingQuerySet["Shut"]):
    pass


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


class LimitQuerySet(StandingQuerySet["Limit"]):
    pass


class Limit(models.Model):
    """A person may be in a place, and write nothing there or only so often, until a time, under a warrant.

    `pace` is the number of minutes from one post to the next; without one they only read. `salt` opens, together
    with the pace, the digest in the warrant, so that anybody can check that it is the pace two people agreed to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="limits")
    scope_kind = models.CharField(
        max_length=10, choices=[("session", "session"), ("convening", "convening"), ("all", "all")]
    )
    scope_id = models.UUIDField(null=True)
    pace = models.PositiveSmallIntegerField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    warrant = models.UUIDField(unique=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = LimitQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "scope_kind"], name="access_limit_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope_kind="all", scope_id__isnull=True)
                | (~Q(scope_kind="all") & Q(scope_id__isnull=False)),
                name="access_limit_scope_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("since_at")),
                name="access_limit_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(pace__isnull=True, salt="") | (Q(pace__gte=1) & ~Q(salt="")),
                name="access_limit_has_a_pace_or_none",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> Place:
        return Place(self.scope_kind, self.scope_id)

    @property
    def between(self) -> timedelta | None:
        """How long to wait from one post to the next; None for whoever only reads."""
        return None if self.pace is None else timedelta(minutes=self.pace)

    @property
    def review_pass(self) -> str:
        return review_pass_of(self.id)


class NoticeQuerySet(StandingQuerySet["Notice"]):
    pass


class Notice(models.Model):
    """What the team says to one person alone, where they take part, under a warrant. It shuts and limits nothing.

    `asked_to_leave` is one that says so in the room; they may stay, and `is_heeded` once they pressed that they
    leave, or that they have read it. `sealed` is the text itself, for somebody whom no letter reaches; it is erased
    when it was heeded, or is over. When they came or went is kept nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    asked_to_leave = models.BooleanField()
    scope_kind = models.CharField(
        max_length=10, choices=[("session", "session"), ("convening", "convening"), ("all", "all")]
    )
    scope_id = models.UUIDField(null=True)
    warrant = models.UUIDField(unique=True)
    sealed = models.BinaryField(null=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_shown = models.BooleanField(default=False)
    is_heeded = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "scope_kind"], name="access_notice_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope_kind="all", scope_id__isnull=True)
                | (~Q(scope_kind="all") & Q(scope_id__isnull=False)),
                name="access_notice_scope_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> Place:
        return Place(self.scope_kind, self.scope_id)

    @property
    def review_pass(self) -> str:
        return review_pass_of(self.id)


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
