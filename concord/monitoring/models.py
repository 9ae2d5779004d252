"""Flags: somebody asks a person to look at a post or at a moment. A flag hides and punishes nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Registration
from concord.monitoring.screening.found import WORDS
from concord.spaces.models import Post, Room
from concord.vault.sight import is_seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, staff: StaffMember) -> FlagQuerySet:
        """The flags whose row this staff member may see: those they hold a grant for, dormant or not."""
        return self.filter(is_seen_by(staff.person_id))

    def awaiting_judgement(self) -> FlagQuerySet:
        return self.filter(credible__isnull=True)

    def by_people(self) -> FlagQuerySet:
        return self.filter(by_machine=False)

    def by_machine(self) -> FlagQuerySet:
        """Those that screening raised, the highest rank first."""
        return self.filter(by_machine=True).order_by("-rank", "raised_at")


class Flag(models.Model):
    """A flag on a post or on a moment (spoken, shown). What was seen lies sealed under `file`.

    The sealed part is `monitoring.seen.Seen`: it keeps its own copy of the post, for the post may go. Who
    flagged is sealed with it; the row holds only a keyed token, by which the same flag is known again. `reasons`
    names the kinds of signal by which a machine asks, for whoever has to choose what to open first. `folded`: it came
    from somebody who had just raised very many, and stands beneath the others.
    `done_outside_at`: the outside contact has said what came of it, sealed beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=[("post", "post"), ("moment", "moment")])
    by_staff = models.BooleanField(default=False)
    by_machine = models.BooleanField(default=False)
    folded = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=1)
    raised_token = models.BinaryField(max_length=16, unique=True)
    raised_at = models.DateTimeField()
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    credible = models.BooleanField(null=True)
    judged_by = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)
    judgement_sealed = models.BinaryField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    done_outside_at = models.DateTimeField(null=True)
    done_outside_sealed = models.BinaryField(null=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        indexes = [
            models.Index(
                fields=["raised_at", "id"],
                condition=Q(credible__isnull=True),
                name="monitoring_unanswered",
            ),
            models.Index(
                fields=["-rank", "raised_at"],
                condition=Q(credible__isnull=True, by_machine=True),
                name="monitoring_unanswered_machine",
            ),
            models.Index(
                fields=["judged_by"],
                condition=Q(credible=True),
                name="monitoring_needs_action",
            ),
        ]
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

    @property
    def why(self) -> list[str | Promise]:
        """The reasons in words, the strongest first."""
        return [WORDS[name] for name in self.reasons if name in WORDS]


class SteppedBack(models.Model):
    """Somebody of the team stepped back from something that came in, or it names them; before or without a case.

    `subject` is a flag, the post it points at, or, for a room above, a report. Goes with it.
    """

    subject = models.UUIDField()
    person = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "person"], name="monitoring_stepped_back_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.subject)


class Sighting(models.Model):
    """One post that screening flagged, in the item of whoever wrote it, with a sealed copy (`seen.Seen`).

    The rules are names of ours or of a host's lists; nothing of the text stands in the clear.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="sightings")
    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    rules = models.JSONField(default=list)
    sealed = models.BinaryField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["seen_at"]

    def __str__(self) -> str:
        return str(self.id)


class Call(models.Model):
    """How often people were called again to something that waits live, and when last (`call_again`).

    `subject` is a room with flags, a report, a text that waits for a second yes, and the like; it names nobody. It is
    forgotten after a day.
    """

    subject = models.UUIDField(unique=True)
    times = models.PositiveSmallIntegerField()
    called_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.subject)


class RuleTally(models.Model):
    """How often a rule asked for a look at an event, and how often nobody had to act: it counts no person.

    `…_before`: as it stood when the `day` began on which it was counted last (`tallies`).
    """

    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=120)
    asked = models.PositiveIntegerField(default=0)
    dismissed = models.PositiveIntegerField(default=0)
    day = models.DateField(null=True)
    asked_before = models.PositiveIntegerField(default=0)
    dismissed_before = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convening", "rule"], name="monitoring_one_tally")
        ]

    def __str__(self) -> str:
        return self.rule


class Unscreened(models.Model):
    """A post that could not be screened when it came. It stands in its room as any other; a job screens it later."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.post_id)


class TermList(models.Model):
    """A host's list for one event and one language. Its terms never change: another file is another list.

    It asks nobody before it is live; a rehearsal over what was written lately comes first, and counting along.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SHADOW = "shadow", _("counts along, asks nobody")
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    terms = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    rehearsed_at = models.DateTimeField(null=True)
    rehearsed_on = models.PositiveIntegerField(default=0)
    rehearsed_hits = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    shadowed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    flooded = models.BooleanField(default=False)

    class Meta:
        ordering = ["language", "name", "made_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="live") | Q(rehearsed_at__isnull=False),
                name="monitoring_live_after_a_rehearsal",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> str:
        """By which its hits are counted."""
        return f"list {self.id.hex[:8]} {self.name}"

    @property
    def is_rehearsed(self) -> bool:
        """Whether it was run over what was written lately, and not before it was paused last."""
        if self.rehearsed_at is None:
            return False
        return self.paused_at is None or self.rehearsed_at >= self.paused_at


class ProtectedName(models.Model):
    """A name that somebody asked to have kept out of an event's rooms, as a keyed token and no more (V-OUTING-1)."""

    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "token"], name="monitoring_one_protected_name"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PassingNameQuerySet(models.QuerySet["PassingName"]):
    def now(self, convening: uuid.UUID) -> PassingNameQuerySet:
        """Those of an event about which nobody is asked now."""
        return self.filter(convening=convening, ended_at__isnull=True)


class PassingName(models.Model):
    """A token that asks nobody at an event, whoever protects it: an everyday word, by somebody or because it floods.

    It holds for a word that nobody protects just as well, so that it tells of nobody whether they do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    token = models.BinaryField(max_length=16)
    since = models.DateTimeField()
    flooded = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    objects = PassingNameQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["convening", "token"],
                condition=Q(ended_at__isnull=True),
                name="monitoring_passes_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class ShiftNoteQuerySet(models.QuerySet["ShiftNote"]):
    def visible_to(self, staff: StaffMember) -> ShiftNoteQuerySet:
        """Those that were handed to this person, or that they wrote."""
        return self.filter(is_seen_by(staff.person_id))


class Claim(models.Model):
    """Somebody says that they are looking at a flag; until it ends by itself. It keeps nobody else from looking."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="claims")
    by = models.UUIDField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "by"], name="monitoring_one_claim_a_person")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Presence(models.Model):
    """When somebody of the team last had a room on the watch before them, or all of them; only while it matters."""

    person = models.UUIDField()
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "room"], name="monitoring_once_in_a_room"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(room__isnull=True),
                name="monitoring_once_in_all_rooms",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class UnwatchedQuerySet(models.QuerySet["Unwatched"]):
    def going_on(self) -> UnwatchedQuerySet:
        return self.filter(ended_at__isnull=True)


class Unwatched(models.Model):
    """A room was open, and nobody on shift had it before them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    wider_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = UnwatchedQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(ended_at__isnull=True),
                name="monitoring_one_alarm_a_room",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


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


class Exposure(models.Model):
    """How many covered things somebody opened in the shift that runs. A number, erased with the shift."""

    person = models.UUIDField(unique=True)
    opened = models.PositiveIntegerField(default=0)
    until_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class ShiftNote(models.Model):
    """What somebody hands over to those who come next: sealed to them, and erased after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    written_by = models.UUIDField()
    written_at = models.DateTimeField()

    objects = ShiftNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return str(self.id)


class Relief(models.Model):
    """Somebody asks to be relieved. Nobody is sent home by it: they stay on until somebody has come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField()
    asked_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(taken_at__isnull=True), name="monitoring_one_relief"
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | (
                    Q(taken_by__isnull=False, taken_at__isnull=False)
                    & ~Q(taken_by=models.F("person"))
                ),
                name="monitoring_relieved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
