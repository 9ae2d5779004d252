"""Cases: our file. Parties, notes and evidence lie sealed under the case's own key."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from concord.ledger.readings import acted
from concord.monitoring.models import Flag
from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.vault.sight import is_seen_by

if TYPE_CHECKING:
    from uuid import UUID


class State(models.TextChoices):
    OPEN = "open", "open"
    ASSESSED = "assessed", "assessed"
    ACTION_PENDING = "pending", "action pending"
    STABILISED = "stabilised", "stabilised"
    NO_ACTION = "no_action", "no action"
    FOLLOW_UP = "follow_up", "follow-up"
    CLOSED = "closed", "closed"
    REOPENED = "reopened", "reopened"
    MERGED = "merged", "merged"
    PURGED = "purged", "erased"


OVER = [State.CLOSED, State.MERGED, State.PURGED]

TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.OPEN: (State.ASSESSED, State.MERGED),
    State.ASSESSED: (State.ACTION_PENDING, State.NO_ACTION, State.MERGED),
    State.ACTION_PENDING: (State.STABILISED, State.ASSESSED, State.MERGED),
    State.STABILISED: (State.FOLLOW_UP, State.REOPENED, State.MERGED),
    State.NO_ACTION: (State.FOLLOW_UP, State.REOPENED, State.MERGED),
    State.FOLLOW_UP: (State.CLOSED, State.REOPENED, State.MERGED),
    State.CLOSED: (State.REOPENED, State.PURGED),
    State.REOPENED: (State.ASSESSED, State.MERGED),
    State.MERGED: (),
    State.PURGED: (),
}
"""Where a case can go from where it is (workflow.md 4.4). What is not here does not exist: `move` refuses it, and
the database does as well. A case begins OPEN. The way back from what rests is settled in docs/decisions."""


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, staff: StaffMember) -> CaseQuerySet:
        """The cases whose row this staff member may see: those they hold a grant for, dormant or not.

        What was put into one of them is there too, under its own code.
        """
        return self.filter(
            is_seen_by(staff.person_id) | is_seen_by(staff.person_id, file="merged_into__file")
        )

    def new_to(self, staff: StaffMember) -> CaseQuerySet:
        """Those this person came to coordinate, or to be the deputy of, and has done and read nothing in since."""
        person = staff.person_id
        coordinates = Q(coordinator=staff) & ~Q(acted(person, on="id", since="coordinated_since"))
        stands_by = Q(deputy=staff) & ~Q(acted(person, on="id"))
        return self.exclude(state__in=OVER).filter(coordinates | stands_by)

    def untouched_by(self, staff: StaffMember) -> CaseQuerySet:
        """Those whose seats were called because they lay there, and in which this person has done nothing since."""
        seated = Q(coordinator=staff) | Q(deputy=staff)
        since = acted(staff.person_id, on="id", since="rung_at")
        return self.exclude(state__in=OVER).filter(seated, ~Q(since), rung_at__isnull=False)


class Case(models.Model):
    """One case. Exactly one coordinator at any time, and a deputy who can open it too (R-COORD-1).

    `classified`: of what kind it is and on which grounds, sealed to the case (`classify_case`). `merged_into`:
    everything in it went into an older case; its code still leads there. `rung_at`: when its seats were last called
    because it lay there untouched.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    coordinator = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    file = models.UUIDField(unique=True)
    happened_under = models.PositiveIntegerField(null=True)
    classified = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    coordinated_since = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=models.F("coordinator")),
                name="cases_deputy_is_another",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="cases_merged_into_one",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_unstaffed(self) -> bool:
        """UNSTAFFED: fewer than two living holders of its key besides recovery; it alarms (workflow.md)."""
        return self.deputy_id is None


class Source(models.Model):
    """What a case rests on: a flag or a report. No case without one (S-REPORTED-1)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sources")
    flag = models.OneToOneField(Flag, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.OneToOneField(Report, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(flag__isnull=True, report__isnull=False)
                | Q(flag__isnull=False, report__isnull=True),
                name="cases_source_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def file(self) -> UUID:
        return self.flag.file if self.flag else self.report.file  # type: ignore[union-attr]  # the constraint above


class Party(models.Model):
    """Somebody in a case. Sealed JSON: {"role", "name", "handles", "addresses", "person_id"}.

    Roles: respondent, survivor, reporter, witness, affected. All but the first are protected by the guard.
    `ties`: keyed tokens and noise, by which somebody who is close to them is found while the case is closed to them
    (`tied`); None until a key has opened what was sealed before there were any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    sealed = models.BinaryField()
    ties = models.BinaryField(null=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Note(models.Model):
    """An internal note: sealed text (K-NOTES-1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.UUIDField()
    sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at"]

    def __str__(self) -> str:
        return str(self.id)


class Evidence(models.Model):
    """A sealed copy of a post as it was, kept in the case before it goes (R-ACT-DELETE)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    post = models.UUIDField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "post"], name="cases_one_copy_of_a_post")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Recusal(models.Model):
    """A staff member stepped out of a case, or was taken out. They see nothing of it from then on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recusals")
    person = models.UUIDField()
    recused_by = models.UUIDField(null=True)
    recused_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="cases_recused_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def open(self) -> HandoverQuerySet:
        return self.filter(accepted_at__isnull=True, ended_at__isnull=True)


class Handover(models.Model):
    """Somebody is asked to coordinate a case from here on. Nothing changes hands before one of them accepts.

    `as_deputy`: to be the deputy where there is none; whoever coordinates goes on.

    Asked by the coordinator: of `to`, or of whoever may (`to` is None). Or found by the clock, `asked_by` None:
    nobody has heard from the coordinator since `silent_since`; it also stands where one who asked has been silent
    since then. `calls`: how often people were called to it, the last time at `called_at`. There is no room for a
    reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    former = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    silent_since = models.DateTimeField(null=True)
    as_deputy = models.BooleanField(default=False)
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(accepted_at__isnull=True, ended_at__isnull=True),
                name="cases_one_open_handover",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, ended_at__isnull=True),
                name="cases_handover_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=models.F("former")),
                name="cases_handover_to_another",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=False)
                | Q(asked_by__isnull=True, silent_since__isnull=False, to__isnull=True),
                name="cases_handover_asked_or_silent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Cover(models.Model):
    """The coordinator is away for a few minutes and asks the deputy to look after the case. No seat changes.

    It holds from `answered_at` on. `alarmed_at`: nobody said that they have it, and others were called.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="covers")
    away = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    covered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(away=models.F("covered_by")), name="cases_covered_by_another"
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=models.F("since")), name="cases_cover_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Assessment(models.Model):
    """What staff made of a case before anything was proposed or left: sealed JSON (`assess_case.Assessed`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    sealed = models.BinaryField()
    assessed_by = models.UUIDField()
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["assessed_at"]

    def __str__(self) -> str:
        return str(self.id)


class NoActionQuerySet(models.QuerySet["NoAction"]):
    def standing(self) -> NoActionQuerySet:
        """Neither taken back, nor overtaken by something that was proposed or said since."""
        return self.filter(ended_at__isnull=True)

    def asked(self) -> NoActionQuerySet:
        """Those that wait for another person's yes."""
        return self.standing().filter(agreement__isnull=True)

    def overtaken(self) -> NoActionQuerySet:
        """Of those, where whoever reported has written since: nobody agrees to what was decided before they did."""
        since = Q(report__words__by_staff__isnull=True)
        since &= Q(report__words__said_at__gt=OuterRef("decided_at"))
        return self.asked().filter(Exists(Source.objects.filter(since, case=OuterRef("case"))))

    def waiting(self) -> NoActionQuerySet:
        """Those to which somebody may still agree, as far as the reporter's words tell."""
        return self.asked().exclude(id__in=self.overtaken().values("id"))

    def visible_to(self, staff: StaffMember) -> NoActionQuerySet:
        """Those whose reason this staff member was given to read."""
        return self.filter(is_seen_by(staff.person_id, file="briefing"))


class NoAction(models.Model):
    """Somebody decided that nothing (more) needs to be done in a case, and why; it holds once another agreed.

    `sealed` is JSON (`decide_no_action.Why`) under a file of its own, `briefing`, for whoever may agree reads the
    reason and not the case. `declined_sealed` goes to the case: why a colleague did not agree.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="no_actions")
    briefing = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()
    rung_at = models.DateTimeField()
    declined_by = models.UUIDField(null=True)
    declined_sealed = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = NoActionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="cases_one_no_action"
            ),
            models.CheckConstraint(
                condition=Q(declined_by__isnull=True, declined_sealed__isnull=True)
                | Q(
                    declined_by__isnull=False, declined_sealed__isnull=False, ended_at__isnull=False
                ),
                name="cases_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Reading(models.Model):
    """Somebody opened this very text, which they must before they can agree to it."""

    no_action = models.ForeignKey(NoAction, on_delete=models.CASCADE, related_name="readings")
    person = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["no_action", "person"], name="cases_read_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Agreement(models.Model):
    """Another person agreed that nothing needs to be done. No row, no NO_ACTION: the database asks for it."""

    no_action = models.OneToOneField(NoAction, on_delete=models.CASCADE)
    decided_by = models.UUIDField()
    person = models.UUIDField()
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("person")), name="cases_agreed_by_another"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class FollowUp(models.Model):
    """FOLLOW_UP: whoever had to be told was told; twice somebody asks whether it has stayed quiet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="follow_ups")
    begun_by = models.UUIDField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="cases_one_follow_up"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CheckIn(models.Model):
    """Somebody asks whether it has stayed quiet: 7 and 30 days after what was decided (workflow.md 4.9)."""

    class Found(models.TextChoices):
        QUIET = "quiet", "it has stayed quiet"
        UNASKED = "unasked", "nobody could be asked"
        AGAIN = "again", "it went on, or somebody was paid back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="check_ins")
    due_on = models.DateField()
    rung_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=8, choices=Found.choices, blank=True)
    done_by = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "due_on"], name="cases_one_check_in_a_day"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True, found="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(found="")),
                name="cases_checked_in_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Closing(models.Model):
    """A case was closed: what came of it, what was learned (sealed), and the day on which it is erased."""

    class Outcome(models.TextChoices):
        ACTION = "action", "action was taken"
        NO_ACTION = "no_action", "no action was taken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="closings")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    lessons_sealed = models.BinaryField()
    closed_by = models.UUIDField()
    closed_at = models.DateTimeField()
    expunge_on = models.DateField()
    warned_first_at = models.DateTimeField(null=True)
    warned_last_at = models.DateTimeField(null=True)
    reopened_by = models.UUIDField(null=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(reopened_at__isnull=True),
                name="cases_one_standing_closing",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> HoldQuerySet:
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """LEGAL_HOLD: nothing of this case is erased while one stands. The reason is sealed; another person lifts it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    reason_sealed = models.BinaryField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at__isnull=True), name="cases_one_hold"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=models.F("set_by")),
                name="cases_hold_lifted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class LinkedCase(models.Model):
    """LINKED_TO: a person said that a case follows from an older one. Each side shows it to its own readers."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="follows_from")
    older = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="followed_by")
    linked_by = models.UUIDField()
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "older"], name="cases_linked_once"),
            models.CheckConstraint(
                condition=~Q(case=models.F("older")), name="cases_linked_to_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def standing(self) -> RestrictionQuerySet:
        return self.filter(lifted_at__isnull=True)


class Restriction(models.Model):
    """RESTRICTED: somebody of the team has a part in it, or somebody concerned asked. The reason is sealed."""

    class Because(models.TextChoices):
        TEAM = "team", "somebody of the team has a part in it"
        ASKED = "asked", "somebody concerned asked for it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="restrictions")
    because = models.CharField(max_length=5, choices=Because.choices)
    reason_sealed = models.BinaryField(null=True)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "because"],
                condition=Q(lifted_at__isnull=True),
                name="cases_one_restriction",
            ),
            models.CheckConstraint(
                condition=Q(because="team", lifted_at__isnull=True)
                | Q(because="asked", set_by__isnull=False, reason_sealed__isnull=False),
                name="cases_restricted_by_somebody_or_for_the_team",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=models.F("set_by")),
                name="cases_restriction_lifted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Export(models.Model):
    """A copy of a case that somebody took out of the desk: whose it is, and the number that is printed all over it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exports")
    number = models.CharField(max_length=12, unique=True)
    person = models.UUIDField()
    with_notes = models.BooleanField()
    exported_at = models.DateTimeField()

    class Meta:
        ordering = ["-exported_at"]

    def __str__(self) -> str:
        return self.number


class Purge(models.Model):
    """A case was erased. What is left of it: its code and dates in its own row, and how much there was."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="purge")
    flags = models.PositiveIntegerField()
    reports = models.PositiveIntegerField()
    parties = models.PositiveIntegerField()
    notes = models.PositiveIntegerField()
    posts = models.PositiveIntegerField()
    purged_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.case_id)
