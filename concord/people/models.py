"""Persons, logins, organisations, designated staff, shifts, ties. No list of who attends lives here."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """A human being, whatever their logins. Two people are asked of Persons, never of logins (R-CONCUR-1).

    `renames`: how many names they have given up, in whatever event; neither which nor when. What was sealed under a
    name keeps the number of that moment, so that nothing sealed calls up a name that was given up since.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    renames = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.id)


class LoginQuerySet(models.QuerySet["Login"]):
    def at_the_desk(self) -> LoginQuerySet:
        """Those with a handle and a passphrase: staff."""
        return self.filter(mailbox_token__isnull=True)

    def by_mailbox(self) -> LoginQuerySet:
        """Those whose mailbox was shown to be theirs: participants."""
        return self.filter(mailbox_token__isnull=False, verified=True)


class LoginManager(BaseUserManager["Login"]):
    def get_by_natural_key(self, username: str | None) -> Login:
        return self.get(handle=username)


class Login(AbstractBaseUser):
    """A way to sign in. Staff sign in by handle and passphrase; participants by their mailbox.

    The address lies sealed under an environment key; `mailbox_token` finds the exact address, and
    `canonical_token` the mailbox behind its aliases (null for boxes that several people share).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="logins")
    handle = models.CharField(max_length=80, unique=True)
    password = models.CharField(max_length=8, default="!", editable=False)
    last_login = None
    address_sealed = models.BinaryField(null=True)
    mailbox_token = models.BinaryField(max_length=16, null=True, unique=True)
    canonical_token = models.BinaryField(max_length=16, null=True, db_index=True)
    verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    """In which language the newest way in was asked for; see `languages`. Goes with the address."""
    others_know_passphrase = models.BooleanField(default=False)
    """Made by the machine and handed over by somebody who saw it; until another one is taken."""

    carried: dict[str, Any] | None = None
    """What the ask that led here carried along; set by `sign_in`, in memory only."""

    objects = LoginManager.from_queryset(LoginQuerySet)()

    USERNAME_FIELD = "handle"

    class Meta:
        constraints = [
            # A second one would be a way round the first one's second factor.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(mailbox_token__isnull=True),
                name="people_one_desk_login",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class SignInAskQuerySet(models.QuerySet["SignInAsk"]):
    def alive(self, at: datetime) -> SignInAskQuerySet:
        return self.filter(used_at__isnull=True, dies_at__gt=at)


class SignInAsk(models.Model):
    """Somebody asked for a way in by mail: a link and a code that die together. Kept for a day.

    Holds digests only. `code_digest` is null when the mail carried no code (see `ask_sign_in`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailbox_token = models.BinaryField(max_length=16, db_index=True)
    link_digest = models.BinaryField(max_length=32, unique=True)
    code_digest = models.BinaryField(max_length=32, null=True)
    browser_digest = models.BinaryField(max_length=32)
    address_sealed = models.BinaryField()
    carries_sealed = models.BinaryField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    dies_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = SignInAskQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["browser_digest", "asked_at"], name="people_ask_browser")]

    def __str__(self) -> str:
        return str(self.id)


class Organisation(models.Model):
    """Somewhere people belong to, as the first of them wrote it; `folded` finds it again in other spellings.

    Gone when nobody belongs to it any more, unless a room above holds a protected key to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=400, unique=True)

    def __str__(self) -> str:
        return self.name


class Source(models.TextChoices):
    """Who said that somebody belongs to an organisation (A-UNIT-1)."""

    SELF = "self", _("said by themself")
    STAFF = "staff", _("noted by staff")


class Affiliation(models.Model):
    """That a person belongs to an organisation, and who said so. Optional, never shown to participants.

    A person names one organisation of their own; staff may note others beside it. No time is kept, and the
    keys tell no order. Goes with the person's mailbox; see `forget_logins`.

    `name` is how this one was written: were the person shown the organisation's, which is the first one's, an odd
    spelling that comes back in order would tell that somebody else from there takes part.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="affiliations"
    )
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=12, choices=Source.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "source"], name="people_one_affiliation"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(source="self"), name="people_one_of_ones_own"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Role(models.TextChoices):
    """What somebody is designated to do (workflow.md). Powers are read off it in `who_may`."""

    RECEIVER = "receiver", "receives reports"
    STAFF = "staff", "staff"
    VOLUNTEER = "volunteer", "volunteer monitor"
    ORGANISER = "organiser", "organiser"
    IT = "it", "keeps the machines"


class StaffQuerySet(models.QuerySet["StaffMember"]):
    def current(self, at: datetime) -> StaffQuerySet:
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), designated_at__lte=at)

    def receivers(self, at: datetime) -> StaffQuerySet:
        return self.current(at).filter(role=Role.RECEIVER)

    def who_may_concur(self, at: datetime) -> StaffQuerySet:
        return self.current(at).filter(role__in=[Role.RECEIVER, Role.STAFF])

    def on_the_roster(self) -> StaffQuerySet:
        """Those who can be on call: who receive, agree or watch."""
        return self.filter(role__in=[Role.RECEIVER, Role.STAFF, Role.VOLUNTEER])

    def on_call(self, at: datetime) -> StaffQuerySet:
        return self.current(at).filter(
            id__in=Shift.objects.filter(starts_at__lte=at, ends_at__gt=at).values("staff_id")
        )


class StaffMember(models.Model):
    """A designation: this human works for the host under a working name of their choice (I-STAFF-1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="staff")
    working_name = models.CharField(max_length=60, unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    is_lead = models.BooleanField(default=False)
    languages = models.JSONField(default=list)
    address_sealed = models.BinaryField(null=True)
    """Where they want letters; see `leave_address`. Goes when they leave."""
    acknowledged_version = models.PositiveIntegerField(null=True)
    pledged_at = models.DateTimeField(null=True)
    designated_at = models.DateTimeField()
    designated_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = StaffQuerySet.as_manager()

    def __str__(self) -> str:
        return self.working_name

    def is_current(self, at: datetime) -> bool:
        return self.designated_at <= at and (self.ended_at is None or self.ended_at > at)

    @property
    def receives_reports(self) -> bool:
        return self.role == Role.RECEIVER

    @property
    def may_concur(self) -> bool:
        return self.role in (Role.RECEIVER, Role.STAFF)

    @property
    def may_plan(self) -> bool:
        return self.role == Role.ORGANISER or self.is_lead

    @property
    def may_monitor(self) -> bool:
        return self.role in (Role.RECEIVER, Role.STAFF, Role.VOLUNTEER)


class Leaving(models.Model):
    """Somebody asked that a colleague leaves who reads reports, agrees or leads; it waits for a second person's yes.

    Goes when they have left, or when it is taken back.
    """

    staff = models.OneToOneField(
        StaffMember, on_delete=models.CASCADE, related_name="leaving", primary_key=True
    )
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.staff_id)


class OpenDesk(models.Model):
    """A browser session in which somebody's keys are open, so that it can be closed when nobody comes back to it."""

    session_key = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="open_desks")

    def __str__(self) -> str:
        return str(self.person_id)


class Draft(models.Model):
    """What somebody of the team had typed when their desk locked, sealed to their own keys. Kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    place = models.BinaryField(max_length=16)
    """On which page: a keyed hash, by which it is found again."""
    sealed = models.BinaryField()
    was_sent = models.BooleanField()
    """Whether they had pressed the button already, and found the desk locked."""
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "place", "was_sent"], name="people_one_draft_a_page"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Shift(models.Model):
    """From when to when somebody is on call. The convening is an opaque id, for it lies above this room.

    `taken_over`: nobody planned it; somebody came to relieve a colleague.
    """

    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="shifts")
    convening = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    taken_over = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="people_shift_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class TieQuerySet(models.QuerySet["Tie"]):
    def visible_to(self, staff: StaffMember) -> TieQuerySet:
        """One's own and nobody else's, whoever asks: not a lead's either (K-CONF-1)."""
        return self.filter(staff=staff)


class Tie(models.Model):
    """To whom a staff member said that they are close. Kept as keyed tokens: a stolen table says of nobody who it is.

    `person_token` stands for somebody known here, `mailbox_token` for whoever will come with that mailbox. What they
    were called lies sealed to whoever declared it, so that they can take it back. No time is kept.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("yourself")
        HARD = "hard", _("close")
        SOFT = "soft", _("acquainted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.HARD)
    person_token = models.BinaryField(max_length=16, null=True, db_index=True)
    mailbox_token = models.BinaryField(max_length=16, null=True, db_index=True)
    sealed = models.BinaryField(null=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "person_token"], name="people_one_tie_person"),
            models.UniqueConstraint(
                fields=["staff", "mailbox_token"], name="people_one_tie_mailbox"
            ),
            models.CheckConstraint(
                condition=Q(person_token__isnull=False) | Q(mailbox_token__isnull=False),
                name="people_tie_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class OutsideContactQuerySet(models.QuerySet["OutsideContact"]):
    def current(self, at: datetime) -> OutsideContactQuerySet:
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), since__lte=at)


class OutsideContact(models.Model):
    """Somebody outside the team who gets what is about the team, and what nobody inside may read.

    Has a standing reading key in the vault under `holder`, from set-up on.
    """

    holder = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    address_sealed = models.BinaryField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OutsideContactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
