"""Rooms, posts, removals and brakes."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.access.models import Place
from concord.convenings.models import Convening, Registration, Session, State
from concord.prepared import Prepared, Slot


class Condition(models.TextChoices):
    """How a room is at a moment, strictest first; the label is the line that people in the room read."""

    NOT_OPEN = "not_open", _("This room is not open yet. Come back when the session begins.")
    CALLED_OFF = "called_off", _("This session does not take place.")
    ENDED = "ended", _("This session has ended. You can still read what was said.")
    PAUSED = "paused", _("The room is paused for a moment. You can write again when it goes on.")
    LOCKED = "locked", _("The room is closed to newcomers. Those who have written here can go on.")
    NEWCOMERS = "newcomers", _("Those who have already written here can write; everyone can read.")
    SLOW = "slow", _("The room is slow for now: one message from each person every 30 seconds.")
    OPEN = "open", ""

    @property
    def is_over(self) -> bool:
        """Nobody writes, and nothing that staff in the room can do changes it."""
        return self in (Condition.NOT_OPEN, *OVER)


OVER = (Condition.CALLED_OFF, Condition.ENDED)
"""Nothing happens here any more."""


class Recording(models.TextChoices):
    """What people in a room are told about being recorded; the label is the line that they read."""

    UNSAID = "unsaid", _("Nobody has said whether this session is recorded.")
    RECORDED = "recorded", _("This session is recorded.")
    NOT_RECORDED = "not_recorded", _("This session is not recorded.")


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, person: uuid.UUID) -> RoomQuerySet:
        """Rooms of the events that the person is registered for."""
        return self.filter(convening__registrations__person_id=person)

    def held(self) -> RoomQuerySet:
        """Take the row for the rest of the transaction: posts, removals and brakes follow one another.

        FOR NO KEY UPDATE from the start: a share lock that is raised later, to allot a number, deadlocks.
        On SQLite the write transaction is the lock.
        """
        return self.select_for_update(no_key=True)


class Room(models.Model):
    """Where people talk: a lobby for each event, a room for each session.

    `last_number` counts what happens in the room: posts, removals, restorations and changes of names share one
    sequence, so that whoever resumes after a number misses none of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convening = models.ForeignKey(Convening, on_delete=models.CASCADE, related_name="rooms")
    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, related_name="room", null=True
    )
    name = models.CharField(max_length=200)
    last_number = models.PositiveBigIntegerField(default=0)
    video = models.URLField(max_length=500, blank=True)
    recording = models.CharField(max_length=12, choices=Recording.choices, default=Recording.UNSAID)

    objects = RoomQuerySet.as_manager()

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
    def place(self) -> Place:
        """The room's own place: its session, or for a lobby the event."""
        if self.session_id:
            return Place("session", self.session_id)
        return Place("convening", self.convening_id)

    @property
    def stream(self) -> str:
        return f"room:{self.id}"

    @property
    def video_host(self) -> str:
        """The one other host that is asked for anything, once somebody wants to see; empty without a video."""
        return urlsplit(self.video).hostname or ""

    def allot(self, many: int = 1) -> int:
        """The next number of the room's sequence, or the first of so many. Only while the row is held."""
        first = self.last_number + 1
        self.last_number += many
        self.save(update_fields=["last_number"])
        return first

    @property
    def standing(self) -> models.QuerySet[Announcement]:
        """The announcements that nobody has taken down, oldest first."""
        return self.announcements.filter(down_at__isnull=True)

    @property
    def watch_stream(self) -> str:
        """The stream of the desk, which carries ids only."""
        return f"watch:{self.id}"

    def conditions(self, at: datetime) -> set[Condition]:
        """Everything that holds in the room now: the state of its session, and its brakes."""
        state = self.session.state if self.session else self.convening.state
        if self.session and self.session.called_off:
            return {Condition.CALLED_OFF}
        if state == State.ENDED:
            return {Condition.ENDED}
        if state not in (State.OPEN, State.PAUSED):
            return {Condition.NOT_OPEN}
        held = {CONDITION_OF[brake.kind] for brake in _brakes_holding.all(room=self.id, at=at)}
        return held | ({Condition.PAUSED} if state == State.PAUSED else {Condition.OPEN})

    def condition(self, at: datetime) -> Condition:
        """The strictest of them: the line to show."""
        holding = self.conditions(at)
        return next(condition for condition in Condition if condition in holding)

    def has_written(self, registration: Registration) -> bool:
        """Whether they have a post here that stands. Who only reads is not recorded anywhere."""
        return self.posts.filter(registration=registration, removed=False).exists()


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, person: uuid.UUID) -> PostQuerySet:
        return self.kept().filter(room__in=Room.objects.visible_to(person))

    def kept(self) -> PostQuerySet:
        """Those that have not been forgotten: a forgotten one has no author, text or time any more."""
        return self.filter(registration__isnull=False)

    def to_show(self) -> PostQuerySet:
        """With what a page needs to show them, in their order."""
        shown = self.kept().select_related("registration", "comment_on__registration")
        return shown.order_by("number")


class Post(models.Model):
    """A post, or a comment on one. A removed one keeps its place and loses its text.

    One that was forgotten has lost its author and its time as well (`forget_posts`): what is left says that
    there was a post in this room under this number, for a flag or a removal that still points at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveBigIntegerField()
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="posts", null=True
    )
    comment_on = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="comments"
    )
    text = models.TextField(max_length=4_000)
    posted_at = models.DateTimeField(null=True)
    nonce = models.UUIDField(null=True)
    removed = models.BooleanField(default=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="spaces_post_number"),
            models.UniqueConstraint(
                fields=["room", "registration", "nonce"], name="spaces_one_post_per_nonce"
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=False, posted_at__isnull=False)
                | Q(registration__isnull=True, posted_at__isnull=True, nonce__isnull=True, text=""),
                name="spaces_post_is_kept_or_forgotten",
            ),
        ]
        indexes = [
            models.Index(fields=["registration", "room"], name="spaces_post_author"),
            models.Index(fields=["posted_at"], name="spaces_post_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.number}"

    @property
    def author(self) -> str:
        """The name they took part under; empty once it was forgotten."""
        return self.registration.display_name if self.registration else ""

    @property
    def author_id(self) -> uuid.UUID | None:
        """The person who wrote it; None once it was forgotten."""
        return self.registration.person_id if self.registration else None


class Announcement(models.Model):
    """Words of the team to everyone in a room, shown apart from the posts until somebody takes them down."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="announcements")
    text = models.TextField(max_length=500)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    down_by = models.UUIDField(null=True)
    down_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return str(self.id)


class Renaming(models.Model):
    """Somebody who has written in a room changed their name; under this number its pages were told.

    Only the last one counts, so that one row stands for each person and room; it says neither name, nor when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="renamings")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "registration"], name="spaces_one_renaming_a_person_and_room"
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.number}"


class Removal(models.Model):
    """A post was taken out of view under a warrant. Its text lies sealed under the decision's removal key.

    The numbers say when, in the room's sequence, the post went and, if it did, came back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="removals")
    warrant = models.UUIDField(unique=True)
    file = models.UUIDField()
    sealed = models.BinaryField()
    number = models.PositiveBigIntegerField()
    removed_at = models.DateTimeField()
    undone_number = models.PositiveBigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(undone_at__isnull=True),
                name="spaces_one_standing_removal",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class HelpOffer(models.Model):
    """Help lines for one person in one event, until that day: a keyed token that names neither. See `offer_help`."""

    token = models.BinaryField(max_length=16, unique=True)
    until_on = models.DateField()

    def __str__(self) -> str:
        return str(self.until_on)


class BrakeQuerySet(models.QuerySet["Brake"]):
    def holding(self, at: datetime | Slot) -> BrakeQuerySet:
        """Not lifted, and confirmed by another or still within its 15 minutes.

        One that was pulled after `at` counts too: a post that waited for the room must not slip past it.
        """
        return self.filter(
            Q(confirmed_at__isnull=False) | Q(lapses_at__gt=at), lifted_at__isnull=True
        )


class Brake(models.Model):
    """A room brake, pulled by one staff member; another confirms it within 15 minutes or it is lifted."""

    class Kind(models.TextChoices):
        PAUSE = "pause", _("Pause: nobody writes for a moment")
        SLOW = "slow", _("Slow: one message from each person every 30 seconds")
        NEWCOMERS = "newcomers", _("Newcomers read: only those who have written here may write")
        LOCK = "lock", _("Lock: nobody new comes in; those who have written here stay")
        END = "end", _("End the session: paused until a colleague confirms, then over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="brakes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    pulled_by = models.UUIDField()
    pulled_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = BrakeQuerySet.as_manager()

    class Meta:
        ordering = ["pulled_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("pulled_by")),
                name="spaces_brake_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["room", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="spaces_one_brake_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    def holds(self, at: datetime) -> bool:
        return self.lifted_at is None and (self.confirmed_at is not None or self.lapses_at > at)


CONDITION_OF: dict[str, Condition] = {
    Brake.Kind.PAUSE: Condition.PAUSED,
    Brake.Kind.END: Condition.PAUSED,
    Brake.Kind.LOCK: Condition.LOCKED,
    Brake.Kind.NEWCOMERS: Condition.NEWCOMERS,
    Brake.Kind.SLOW: Condition.SLOW,
}

_brakes_holding = Prepared(
    lambda: Brake.objects.filter(room=Slot("room", models.UUIDField())).holding(
        Slot("at", models.DateTimeField())
    )
)
