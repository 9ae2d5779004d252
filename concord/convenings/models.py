"""Events, their sessions, guidelines and registrations. No table says who entered which room, or when."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from concord.access.models import EVERYWHERE, Place
from concord.people.models import Person


class State(models.TextChoices):
    PLANNED = "planned", "planned"
    READY = "ready", "ready"
    OPEN = "open", "open"
    PAUSED = "paused", "paused"
    ENDED = "ended", "ended"


class ConveningQuerySet(models.QuerySet["Convening"]):
    def not_over(self) -> ConveningQuerySet:
        return self.exclude(state=State.ENDED)

    def over_since(self, moment: datetime) -> ConveningQuerySet:
        """Those that had ended by then; one that nobody ended was over when it was planned to be."""
        return self.filter(Q(ended_at__lte=moment) | Q(ended_at__isnull=True, ends_at__lte=moment))


class Convening(models.Model):
    """An event: what people register for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=60, default="UTC")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    ended_at = models.DateTimeField(null=True)

    objects = ConveningQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="convenings_event_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> list[Place]:
        """Where one must be admitted to be in this event."""
        return [EVERYWHERE, Place("convening", self.id)]


class Session(models.Model):
    """A part of an event, with one room and guidelines of its own (P-GUIDE-1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    called_off = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts_at", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> list[Place]:
        """Where one must be admitted to be in this session."""
        return [*self.convening.places, Place("session", self.id)]


class Guidelines(models.Model):
    """How to engage in one session. They count once somebody has confirmed them for that very session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="guidelines")
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=8_000)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="convenings_guidelines_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.number}"

    @property
    def lines(self) -> list[str]:
        """One guideline to a line."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class Registration(models.Model):
    """A person registered for an event under a name of their choice. No time is kept (P-RISK-1).

    A name that was given up is kept nowhere; `renames` counts how often one was, for the sake of the rooms.
    Gone when the event has been over for as long as the host keeps it; see `forget_people`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="registrations")
    display_name = models.CharField(max_length=60, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    renames = models.PositiveSmallIntegerField(default=0)
    acknowledged_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["convening", "person"], name="convenings_one_registration"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class GuidelinesLetter(models.Model):
    """That one who is registered was written these guidelines ahead (P-GUIDE-1). Goes with the registration.

    Everybody registered is written to, whichever rooms they enter, and no time is kept: it is no list of who
    attended. The keys are no numbers, so that they tell no order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="guidelines_letters"
    )
    guidelines = models.ForeignKey(Guidelines, on_delete=models.CASCADE, related_name="letters")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "guidelines"], name="convenings_one_guidelines_letter"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Acceptance(models.Model):
    """A lead has accepted in writing that certain stretches of an event are not covered; exactly those, no others.

    `gaps` is what `coverage` found then: kind, from when to when, how many there are and how many are needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="acceptances")
    gaps = models.JSONField()
    reason = models.TextField(max_length=1_000)
    accepted_by = models.UUIDField()
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ["accepted_at"]

    def __str__(self) -> str:
        return str(self.id)


class ChannelTest(models.Model):
    """Somebody who receives reports has seen a test report arrive, sent the way everybody sends one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tested_by = models.UUIDField()
    tested_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)
