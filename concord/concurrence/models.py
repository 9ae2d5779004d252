"""Proposals, their immutable versions, and what follows from a second person's agreement.

No row, no action: an Execution stands on a Concurrence or on a prior decision in force and on nothing else,
and every effect outside this room carries a Warrant of one Execution. Constraints here and triggers installed
by `actions` hold it against a shell as well (R-CONCUR-1).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from concord.cases.models import Case
from concord.vault.sight import is_seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class State(models.TextChoices):
    PROPOSED = "proposed", "proposed"
    CONCURRED = "concurred", "agreed"
    EXECUTED = "executed", "done"
    DECLINED = "declined", "declined"
    WITHDRAWN = "withdrawn", "withdrawn"
    VOIDED = "voided", "void"
    LAPSED = "lapsed", "lapsed"


OPEN_STATES = [State.PROPOSED, State.CONCURRED]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, staff: StaffMember) -> ProposalQuerySet:
        """The proposals this staff member may see: the newest version's briefing was sealed to them."""
        newest = Version.objects.filter(proposal=OuterRef("pk")).order_by("-number")
        briefing = Subquery(newest.values("briefing")[:1])
        return self.alias(newest_briefing=briefing).filter(
            is_seen_by(staff.person_id, file="newest_briefing")
        )

    def open(self) -> ProposalQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def awaiting_concurrence(self) -> ProposalQuerySet:
        return self.filter(state=State.PROPOSED)

    def held(self, id: uuid.UUID) -> Proposal:
        """The proposal, locked after its case. Every verb takes both in this order: no two wait in a circle.

        FOR NO KEY UPDATE: somebody's post may be noticed as retaliation in this very case, and then refers to it, while
        it holds the gate that the decision waits for.
        """
        case = self.values_list("case", flat=True).get(id=id)
        Case.objects.select_for_update(no_key=True).get(id=case)
        return self.select_for_update(no_key=True).select_related("case").get(id=id)


class Proposal(models.Model):
    """What a coordinator proposes in a case. Its contents live in versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    opened_at = models.DateTimeField()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.code

    @property
    def version(self) -> Version:
        """The newest version, the only one that can be agreed to."""
        return self.versions.latest("number")


class Version(models.Model):
    """One exact text of a proposal. Never changed: an edit is a new version and needs a new agreement.

    `manifest` is the canonical JSON that both people sign by its SHA-256 `digest`: it commits to the sealed
    contents and to each step, and shows neither.

    `places`: where its steps would hold, or its posts stand, as pairs of kind and id; nobody's name. `live_at`: since
    when it is about something that goes on (`note_live`), which makes its waits shorter and changes nothing signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    proposer = models.UUIDField()
    manifest = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    signature = models.BinaryField(max_length=64)
    briefing = models.UUIDField()
    sealed = models.BinaryField()
    act_at_once = models.BooleanField(default=False)
    places = models.JSONField(null=True)
    submitted_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"], name="concurrence_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.number}"

    @property
    def answered(self) -> str:
        """How much was said and asked on it so far, in numbers: a page that shows less is out of date."""
        on_it = self.asked.filter(on_it_at__isnull=False)
        said = (self.concurrences, self.declines, self.set_aside, self.asked, on_it)
        return "-".join(str(one.count()) for one in said)


class Step(models.Model):
    """A commitment to one target of a version; `target_token` finds a second proposal on the same target."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    commitment = models.CharField(max_length=64, unique=True)
    target_token = models.BinaryField(max_length=16, db_index=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.commitment


class Opening(models.Model):
    """Somebody opened this very version, which they must before they can agree to it.

    `full_at`: when they first opened all that was flagged and reported besides.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="openings")
    person = models.UUIDField()
    opened_at = models.DateTimeField()
    full_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="concurrence_opened_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Asked(models.Model):
    """Somebody was told that a version waits for them, in which ring, and whether they said "I'm on it".

    Ids and moments only. Read beside its proposal, by whoever may see that. `excused_at`: they answer for the case,
    and said that they know somebody it is about a little: they go on reading, and nothing asks them for a yes.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="asked")
    person = models.UUIDField()
    ring = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    on_it_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="concurrence_asked_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Decline(models.Model):
    """Somebody did not agree, and why; the next person asked reads it."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="declines")
    person = models.UUIDField()
    sealed = models.BinaryField()
    declined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="concurrence_declined_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class SetAside(models.Model):
    """A step that both agreed to and that is not carried out: narrower, and never silently (R-PRACT-1).

    Why is sealed to the version's briefing.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="set_aside")
    commitment = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    by = models.UUIDField()
    set_aside_at = models.DateTimeField()

    class Meta:
        ordering = ["set_aside_at"]

    def __str__(self) -> str:
        return self.commitment


class Concurrence(models.Model):
    """Another staff member's agreement to one exact version, signed. This row is the evidence (R-CONCUR-1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="concurrences")
    version_digest = models.CharField(max_length=64)
    proposer = models.UUIDField()
    person = models.UUIDField()
    signature = models.BinaryField(max_length=64)
    concurred_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("proposer")), name="concurrence_is_by_another_person"
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(voided_at__isnull=True),
                name="concurrence_one_standing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def in_force(self, at: datetime) -> DecisionQuerySet:
        return self.not_over(at).filter(made_at__lte=at)

    def not_over(self, at: datetime) -> DecisionQuerySet:
        """In force, or made after `at`: whoever waited for a decision is older than the one they meet."""
        return self.filter(
            Q(until_at__isnull=True) | Q(until_at__gt=at),
            Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        )

    def visible_to(self, staff: StaffMember) -> DecisionQuerySet:
        return self.filter(is_seen_by(staff.person_id))


class Execution(models.Model):
    """An act of carrying out, by authority of a concurrence XOR a prior decision in force."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concurrence = models.OneToOneField(
        Concurrence, on_delete=models.PROTECT, null=True, related_name="execution"
    )
    prior_decision = models.ForeignKey(
        "Decision", on_delete=models.PROTECT, null=True, related_name="repetitions"
    )
    executed_by = models.UUIDField(null=True)
    executed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(concurrence__isnull=True, prior_decision__isnull=False)
                | Q(concurrence__isnull=False, prior_decision__isnull=True),
                name="concurrence_xor_prior_decision",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Decision(models.Model):
    """A standing decision: what an execution by concurrence made, in force until it lapses or is ended.

    `file` is the vault file under which removed posts lie sealed for an undo; who holds a grant of it may see
    the decision. The longest `until_at` of its warrants is its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    execution = models.OneToOneField(Execution, on_delete=models.PROTECT, related_name="decision")
    file = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.code

    @property
    def look_on(self) -> date | None:
        """The day on which somebody looks at it again: as it was agreed, or as it was moved when that day came."""
        looks = list(self.looks.all())
        if not looks:
            return self.review_on
        return looks[-1].next_on if looks[-1].settled_at else looks[-1].due_on

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, as it stands: as agreed, or earlier; None for one that goes on until somebody ends it."""
        ends = [end for end in (self.until_at, self.ended_at) if end is not None]
        return min(ends, default=None)


class LookQuerySet(models.QuerySet["Look"]):
    def waiting(self, at: datetime) -> LookQuerySet:
        """Those of decisions in force about which nobody has said anything."""
        in_force = Decision.objects.in_force(at).values("id")
        return self.filter(settled_at__isnull=True, decision__in=in_force)

    def visible_to(self, staff: StaffMember) -> LookQuerySet:
        return self.filter(is_seen_by(staff.person_id, file="decision__file"))


class Look(models.Model):
    """The day came on which a decision is looked at again. A person says that it stays, or proposes something else.

    What two people agreed to does not change by it: neither its end nor what it does; only the day of looking moves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="looks")
    due_on = models.DateField()
    rung_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    next_on = models.DateField(null=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(settled_at__isnull=True),
                name="concurrence_one_look_waits",
            ),
            models.UniqueConstraint(
                fields=["decision", "due_on"], name="concurrence_one_look_a_day"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, next_on__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="concurrence_looked_at_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gt=F("due_on")),
                name="concurrence_looked_at_later",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class GroundCount(models.Model):
    """How often decisions rested on a ground, and nothing else: no case, no date, no person (A-GROUND-4)."""

    ground = models.CharField(max_length=12, primary_key=True)
    decisions = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.ground} {self.decisions}"


class Warrant(models.Model):
    """The authority for one effect on one target. Under a concurrence it opens a commitment of the version.

    `kind` is one that `kinds` knows; `detail_digest` stands for what else the step says, which lies sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="warrants")
    kind = models.CharField(max_length=12)
    target = models.UUIDField()
    scope_kind = models.CharField(max_length=10, blank=True)
    scope_id = models.UUIDField(null=True)
    until_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    detail_digest = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64, null=True, unique=True)
    salt = models.CharField(max_length=32, blank=True)
    done_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["execution", "kind", "target"], name="concurrence_one_warrant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
