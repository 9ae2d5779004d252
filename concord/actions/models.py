"""Requests to look again, what came of them, and how a decision ended before its date.

No decision ends early without a row of `Ending`, and each says by what authority: a lift that two people agreed
to, somebody who had no part in it and looked again, or, for an earlier date that still lies ahead, a coordinator.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from concord.actions.platforms import platform
from concord.concurrence.models import Decision, Execution, SetAside, Warrant
from concord.people.models import Organisation, Person
from concord.people.ties import those_close_to
from concord.reports.models import Report
from concord.vault.sight import is_seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    def visible_to(self, staff: StaffMember) -> ReviewRequestQuerySet:
        return self.filter(is_seen_by(staff.person_id))

    def awake(self) -> ReviewRequestQuerySet:
        """Without those that rest: about nothing we decided, and answered after they were raised."""
        nothing = Q(decision__isnull=True, report__isnull=True, reviewer__isnull=True)
        return self.exclude(nothing, answered_at__gte=F("raised_at"))


class ReviewState(models.TextChoices):
    FILED = "filed", "filed"
    ASSIGNED = "assigned", "assigned"
    UPHELD = "upheld", "it stands"
    VARIED = "varied", "it ends earlier"
    OVERTURNED = "overturned", "it is taken back"


UNDECIDED = [ReviewState.FILED, ReviewState.ASSIGNED]


class ReviewRequest(models.Model):
    """Somebody asks us to look again, or says that they are somebody else. Sealed JSON: {"words", "contact"}.

    `named`: the way they came told which decision it is about, so nobody who had a part in it reads this.
    `reviewer` is a person, or the standing letterbox of the outside contact; they had no part in the decision.
    `said_by`: who said which decision it is about, where nothing else told; they do not look at it themself.
    `alarmed_at`, `raised_at`: since when everybody who can open it is to answer, or decide, what somebody let lie.
    `report`: whoever reported asks. Without a decision it is about what came of that report: nothing, as yet.
    `folded`: it looks like one of many, and is shown beneath them, never dropped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(
        max_length=8,
        choices=[
            ("review", "review"),
            ("not_me", "this is not me"),
            ("reporter", "whoever reported asks for it"),
        ],
    )
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.FILED)
    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, null=True, related_name="reviews"
    )
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, related_name="+")
    said_by = models.UUIDField(null=True)
    reviewer = models.UUIDField(null=True)
    assigned_at = models.DateTimeField(null=True)
    lends_case = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    shut = models.UUIDField(null=True)
    named = models.BooleanField(default=False)
    folded = models.BooleanField(default=False)
    text_token = models.BinaryField(max_length=16, default=bytes)
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    box = models.UUIDField(null=True)
    filed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason_sealed = models.BinaryField(null=True)

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at"]
        indexes = [models.Index(fields=["text_token", "filed_at"], name="actions_same_requests")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="filed")
                | Q(reviewer__isnull=False, assigned_at__isnull=False)
                & (Q(decision__isnull=False) | Q(report__isnull=False)),
                name="actions_review_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "assigned"], decided_at__isnull=True)
                | Q(decided_at__isnull=False, reason_sealed__isnull=False),
                name="actions_review_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Ending(models.Model):
    """A decision ends, or will end, before its date. Never changed; the earliest `ends_at` is the one that counts.

    LIFTED and VARIED by a proposal carry the warrant of a lift. OVERTURNED, and VARIED by whoever looked again,
    carry the request (which is erased in its time, hence no key) and their signature; the outside contact, who
    reads and does not sign, leaves none. EARLIER is a coordinator's own: a date that lies ahead, and nothing more.
    """

    class How(models.TextChoices):
        LIFTED = "lifted", "lifted"
        VARIED = "varied", "varied"
        OVERTURNED = "overturned", "taken back"
        EARLIER = "earlier", "ends earlier"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="endings")
    how = models.CharField(max_length=10, choices=How.choices)
    warrant = models.OneToOneField(
        Warrant, on_delete=models.CASCADE, null=True, related_name="ending"
    )
    review = models.UUIDField(null=True)
    only = models.UUIDField(null=True)
    """The warrant of the one step that ends, of a decision on several people that goes on for the others."""
    by = models.UUIDField(null=True)
    reason_sealed = models.BinaryField(null=True)
    signature = models.BinaryField(max_length=64, null=True)
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("made_at")), name="actions_nothing_ended_before"
            ),
            models.CheckConstraint(
                condition=Q(how="earlier", warrant__isnull=True, review__isnull=True)
                | Q(how__in=["lifted", "varied"], warrant__isnull=False, review__isnull=True)
                | Q(how__in=["overturned", "varied"], warrant__isnull=True, review__isnull=False),
                name="actions_ending_has_one_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.decision_id}"


class LateRecusalQuerySet(models.QuerySet["LateRecusal"]):
    def open(self, at: datetime) -> LateRecusalQuerySet:
        """Those of decisions still in force that two people have not confirmed."""
        in_force = Decision.objects.in_force(at).values("id")
        return self.filter(settled_at__isnull=True, decision__in=in_force)

    def visible_to(self, staff: StaffMember) -> LateRecusalQuerySet:
        return self.filter(decision__in=Decision.objects.visible_to(staff).values("id"))


class LateRecusal(models.Model):
    """Somebody with a part in a decision stepped out after it was carried out. Two others confirm or replace it.

    The effects stay meanwhile. Nothing here lapses: past `due_at` it alarms, and stays open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="late_recusals")
    person = models.UUIDField()
    since_at = models.DateTimeField()
    due_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = LateRecusalQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "person"], name="actions_one_late_recusal")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Confirmation(models.Model):
    """A member of staff who is not recused read the exact text again, and confirms the decision under their key."""

    late = models.ForeignKey(LateRecusal, on_delete=models.CASCADE, related_name="confirmations")
    person = models.UUIDField()
    signature = models.BinaryField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["late", "person"], name="actions_confirmed_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


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


def done_by(person: uuid.UUID) -> Q:
    """Of the steps by hand, those that were given to this person by name, or passed to them since."""
    return Q(passed_to=person) | Q(passed_to__isnull=True, hand=person)


class ByHandQuerySet(models.QuerySet["ByHand"]):
    def visible_to(self, staff: StaffMember) -> ByHandQuerySet:
        return self.filter(decision__in=Decision.objects.visible_to(staff).values("id"))

    def waiting(self) -> ByHandQuerySet:
        """Nobody has said that it was done, and it was not set aside."""
        out = SetAside.objects.filter(commitment=OuterRef("warrant__commitment"))
        return self.filter(~Exists(out), stated_at__isnull=True)

    def of(self, person: uuid.UUID) -> ByHandQuerySet:
        """Those that are this person's to do, as named or because it passed to them."""
        return self.filter(done_by(person))


class ByHand(models.Model):
    """Something two people agreed to that no machine does. `hand` is to do it; whoever did it says what was done.

    `hand` stays as it was agreed to. Where they have no part in it any more it is `passed_to` somebody who has.
    Words and statement are sealed to the decision's file. It stays open, and rings, until somebody states it under
    their key or sets it aside with a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    warrant = models.OneToOneField(Warrant, on_delete=models.CASCADE, related_name="by_hand")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="by_hand")
    hand = models.UUIDField()
    passed_to = models.UUIDField(null=True)
    passed_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()
    due_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    stated_by = models.UUIDField(null=True)
    stated_at = models.DateTimeField(null=True)
    statement_sealed = models.BinaryField(null=True)
    signature = models.BinaryField(max_length=64, null=True)

    objects = ByHandQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    stated_by__isnull=True,
                    stated_at__isnull=True,
                    statement_sealed__isnull=True,
                    signature__isnull=True,
                )
                | Q(
                    stated_by__isnull=False,
                    stated_at__isnull=False,
                    statement_sealed__isnull=False,
                    signature__isnull=False,
                ),
                name="actions_stated_by_somebody_or_not",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def doer(self) -> uuid.UUID:
        """Whose it is to do now."""
        return self.passed_to or self.hand


class UnheldQuerySet(models.QuerySet["Unheld"]):
    def visible_to(self, staff: StaffMember) -> UnheldQuerySet:
        return self.filter(decision__in=Decision.objects.visible_to(staff).values("id"))

    def open(self) -> UnheldQuerySet:
        """What does not hold to this day, and was not set aside."""
        out = SetAside.objects.filter(commitment=OuterRef("warrant__commitment"))
        return self.filter(~Exists(out), warrant__verified_at__isnull=True)


class Unheld(models.Model):
    """A step of our own that was not seen to hold in time: its people were rung, once, and answer for it from then on.

    It stays open until it was seen to hold, or is set aside with a reason. `told_at`: when whoever reported, and chose
    to hear, was told that a part of it has not come through.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    warrant = models.OneToOneField(Warrant, on_delete=models.CASCADE, related_name="unheld")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="unheld")
    since_at = models.DateTimeField()
    rung_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = UnheldQuerySet.as_manager()

    class Meta:
        ordering = ["since_at"]

    def __str__(self) -> str:
        return str(self.id)


class Told(models.Model):
    """A letter left for somebody whom something was decided about. The letter keeps whether it was handed over."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="told")
    person = models.UUIDField()
    letter = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return str(self.letter)


class Audit(models.Model):
    """One row: when the audit was last clean, when it last looked at everything, since when it is not clean.

    `chain_broken_at`: the first broken link, when the last walk along the whole ledger found one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    clean_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)
    chain_broken_at = models.PositiveBigIntegerField(null=True)

    def __str__(self) -> str:
        return "not clean" if self.found_at else "clean"


class BarredOrganisation(models.Model):
    """An organisation on which a decision was made, so that whoever says later that they belong to it is met.

    Goes when the decision is over; until then the organisation is not forgotten, even if nobody belongs to it.
    """

    decision = models.OneToOneField(
        Decision, on_delete=models.CASCADE, related_name="organisation", primary_key=True
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    warrant = models.OneToOneField(Warrant, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.decision_id)


class LaterMemberQuerySet(models.QuerySet["LaterMember"]):
    def waiting(self, at: datetime) -> LaterMemberQuerySet:
        """Those at whom nobody has looked, under a decision in force."""
        in_force = Decision.objects.in_force(at).values("id")
        return self.filter(state=LaterMember.State.WAITING, barred__in=in_force)

    def visible_to(self, staff: StaffMember) -> LaterMemberQuerySet:
        """To whoever receives reports and may open the decision, and is neither the person nor close to them."""
        if not staff.receives_reports:
            return self.none()
        seen = Decision.objects.visible_to(staff).values("id")
        theirs = self.filter(barred__in=seen).exclude(person=staff.person_id)
        if not staff.ties.exists():
            return theirs
        persons = set(theirs.values_list("person_id", flat=True))
        return theirs.exclude(person__in=those_close_to(staff, persons))


class LaterMember(models.Model):
    """Somebody said of themself that they belong to an organisation under a decision. A person looks first (A-UNIT-1).

    APPLIED carries the execution by the standing decision. Once left alone, or given back, it never comes again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a look"
        APPLIED = "applied", "applied"
        SPARED = "spared", "left alone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    barred = models.ForeignKey(BarredOrganisation, on_delete=models.CASCADE, related_name="later")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    looked_by = models.UUIDField(null=True)
    looked_at = models.DateTimeField(null=True)
    reason_sealed = models.BinaryField(null=True)
    execution = models.OneToOneField(
        Execution, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = LaterMemberQuerySet.as_manager()

    class Meta:
        ordering = ["noticed_at"]
        constraints = [
            models.UniqueConstraint(fields=["barred", "person"], name="actions_one_later_member"),
            models.CheckConstraint(
                condition=Q(state="waiting", looked_by__isnull=True)
                | Q(looked_by__isnull=False, looked_at__isnull=False, reason_sealed__isnull=False),
                name="actions_somebody_looked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ElsewhereState(models.TextChoices):
    QUEUED = "queued", "waits its turn"
    RETRYING = "retrying", "did not answer; it is tried again"
    ASKED = "asked", "was asked; not seen to hold yet"
    BY_HAND = "by_hand", "has to be done by hand"
    VERIFIED = "verified", "done and checked"
    DONE_BY_HAND = "done_by_hand", "done by hand"
    OVERTAKEN = "overtaken", "not needed any more"


NOT_DONE_ELSEWHERE = [
    ElsewhereState.QUEUED,
    ElsewhereState.RETRYING,
    ElsewhereState.ASKED,
    ElsewhereState.BY_HAND,
]


class ElsewhereQuerySet(models.QuerySet["Elsewhere"]):
    def open(self) -> ElsewhereQuerySet:
        """What still has to happen on a platform outside."""
        return self.filter(state__in=NOT_DONE_ELSEWHERE)

    def visible_to(self, staff: StaffMember) -> ElsewhereQuerySet:
        """Those of decisions this person may see."""
        return self.filter(decision__in=Decision.objects.visible_to(staff).values("id"))


class Elsewhere(models.Model):
    """A step that has to happen on a platform outside, under a warrant that was carried out here already.

    Whoever coordinates the case answers for it: `due_at` is their clock. It stays open until it was verified there, or
    somebody says, and signs with their name, that it was done by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="elsewhere")
    warrant = models.ForeignKey(Warrant, on_delete=models.CASCADE, related_name="elsewhere")
    platform = models.CharField(max_length=40)
    what = models.CharField(max_length=10)
    state = models.CharField(
        max_length=12, choices=ElsewhereState.choices, default=ElsewhereState.QUEUED
    )
    since_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    alarmed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    proof_sealed = models.BinaryField(null=True)

    objects = ElsewhereQuerySet.as_manager()

    class Meta:
        ordering = ["since_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["warrant", "platform", "what"], name="actions_once_on_each_platform"
            ),
            models.CheckConstraint(
                condition=~Q(state="done_by_hand")
                | Q(settled_by__isnull=False, proof_sealed__isnull=False),
                name="actions_by_hand_with_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} on {self.platform}: {self.state}"

    @property
    def label(self) -> str:
        """The platform as the host calls it."""
        one = platform(self.platform)
        return str(one.label) if one else self.platform

    @property
    def is_by_hand(self) -> bool:
        return self.state == ElsewhereState.BY_HAND
