"""Reports: what somebody told us, sealed to the people who may read it and to nobody else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from concord.vault.sight import is_seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class State(models.TextChoices):
    RECEIVED = "received", "received"
    UNREADABLE = "unreadable", "unreadable"
    ACKNOWLEDGED = "acknowledged", "answered by a person"
    LINKED = "linked", "linked to a case"
    REDIRECTED = "redirected", "redirected"
    SET_ASIDE = "set_aside", "set aside"


UNANSWERED = [State.RECEIVED, State.UNREADABLE]
ENDED = [State.SET_ASIDE, State.REDIRECTED]
"""Answered by a person, and then no report that anything is done about."""


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, staff: StaffMember) -> ReportQuerySet:
        """The reports whose row this staff member may see: those they hold a grant for, dormant or not."""
        return self.filter(is_seen_by(staff.person_id))

    def unanswered(self) -> ReportQuerySet:
        return self.filter(state__in=UNANSWERED)

    def waiting(self) -> ReportQuerySet:
        """Those that no person has answered, and those answered that nobody has taken further, here or outside."""
        answered = Q(state=State.ACKNOWLEDGED, done_outside_at__isnull=True)
        return self.filter(answered | Q(state__in=UNANSWERED))

    def added_to(self) -> ReportQuerySet:
        """Those whose reporter said more, or brought something, that nobody has opened since."""
        return self.filter(added_at__isnull=False)


class Report(models.Model):
    """One report. Everything that was typed lies sealed under `file`; the row has a random code and a state.

    The sealed part is `reports.told.Told`. `answer_by` is what the form promised. `outside`: nobody of the team
    holds a key to it, but for those in `LetIn`. `done_outside_at`: the outside contact has dealt with it,
    and said what came of it, sealed beside it.
    `acted_outside`: whether they acted on it; None while they have not said so. `former_file`: where, when it went
    outside, something was sealed that could not go along, and that recovery alone opens.
    `folded`: it looks like one of many, and is shown beneath them, never dropped.
    `tell_outcome`: its reporter wants to hear what was done, which is then laid in their box.
    `notice_sealed`: `NoticeWanted`, for those alone who asked to be told that something new lies there.
    `added_at`: since when there lies something new of the reporter's that none of its readers has opened;
    `added_raised_at`: when that was raised.
    `unplaced_rung_at`: when its readers were last called because it was answered, and nobody had taken it further.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    urgent = models.BooleanField(default=False)
    outside = models.BooleanField(default=False)
    folded = models.BooleanField(default=False)
    tell_outcome = models.BooleanField(default=False)
    text_token = models.BinaryField(max_length=16)
    file = models.UUIDField(unique=True)
    former_file = models.UUIDField(null=True)
    sealed = models.BinaryField()
    contact_sealed = models.BinaryField(null=True)
    notice_sealed = models.BinaryField(null=True)
    box = models.UUIDField(null=True, unique=True)
    received_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    untold_raised_at = models.DateTimeField(null=True)
    done_outside_at = models.DateTimeField(null=True)
    done_outside_sealed = models.BinaryField(null=True)
    acted_outside = models.BooleanField(null=True)
    added_at = models.DateTimeField(null=True)
    added_raised_at = models.DateTimeField(null=True)
    unplaced_rung_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["text_token", "received_at"], name="reports_same_words"),
            models.Index(
                fields=["answer_by"],
                condition=Q(state__in=UNANSWERED, alarmed_at__isnull=True),
                name="reports_to_alarm",
            ),
            models.Index(
                fields=["added_at"],
                condition=Q(added_at__isnull=False),
                name="reports_added_to",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class KeptOut(models.Model):
    """A staff member who must not read this report, as a keyed token and not as a name.

    `by_us`: a colleague saw that they are involved; its reporter, who is not told, cannot take that back.
    `ticked`: the reporter chose it themself, by its box, and finds it behind their code.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="kept_out")
    token = models.BinaryField(max_length=16)
    by_us = models.BooleanField(default=False)
    ticked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "token"], name="reports_kept_out_once")
        ]

    def __str__(self) -> str:
        return str(self.report_id)


class NewCode(models.Model):
    """Somebody on the team saw the reporter's code: typed the report in, or made another for whoever lost theirs.

    `confirmed_by`: another reader of the report.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="new_codes")
    by_staff = models.UUIDField()
    made_at = models.DateTimeField(db_index=True)
    confirmed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("by_staff")),
                name="reports_code_confirmed_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(self.report_id)

    @property
    def is_first(self) -> bool:
        """Whether it is the report's first one: they typed in what somebody told them."""
        return self.made_at == self.report.received_at


class HeldBack(models.Model):
    """What the reporter decided with a code that has not settled: sealed as it will stand, until `carry_out`.

    `contact_sealed`: None where the way to reach them stays. `notice_changes`: another address for notices, or none;
    until then nothing is sent to the one that stands. `let_in`, `keep_out`: keyed tokens, as in `KeptOut`. `in_box`:
    the reporter's own copy as it will stand, which nobody finds before. Where whom they keep out are the last who read
    it, the row outlasts the settling, with that alone.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="held_back")
    sealed = models.BinaryField()
    contact_sealed = models.BinaryField(null=True)
    notice_changes = models.BooleanField(default=False)
    notice_sealed = models.BinaryField(null=True)
    tell_outcome = models.BooleanField()
    wishes_change = models.BooleanField()
    hears_nothing = models.BooleanField()
    let_in = models.JSONField(default=list)
    keep_out = models.JSONField(default=list)
    in_box = models.UUIDField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.report_id)


class LetIn(models.Model):
    """Somebody of the team who may read what went outside: by its reporter's wish, or handed on by the outside contact.

    A keyed token, as in `KeptOut`.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="let_in")
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "token"], name="reports_let_in_once")
        ]

    def __str__(self) -> str:
        return str(self.report_id)


class Discretion(models.Model):
    """The outside contact said that what they read stays with them, before they read. `holder`: their standing key."""

    holder = models.UUIDField(primary_key=True)
    promised_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.holder)


class Word(models.Model):
    """Something said about a report after it was sent: by its reporter through the box, or by staff to them.

    `urgent`: they ticked that it is happening now. Then it may be without a word.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="words")
    by_staff = models.UUIDField(null=True)
    sealed = models.BinaryField()
    urgent = models.BooleanField(default=False)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "id"]

    def __str__(self) -> str:
        return str(self.id)


class Underway(models.Model):
    """An answer on its way: sealed to its reader already, found by them from `due_at` on, until then taken back.

    `sealed` is what becomes the `Word` under the same id, `in_box` the answer that waits in the reporter's box.
    One at a time, so that a button pressed twice sends one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="underway")
    by_staff = models.UUIDField()
    sealed = models.BinaryField()
    in_box = models.UUIDField(null=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Supporter(models.Model):
    """Somebody whom the reporter brings along: a box of their own, and whether they said to keep it to themself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="supporter")
    box = models.UUIDField(unique=True)
    added_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Shared(models.Model):
    """An answer in the reporter's box that the support person was shown as well."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="shared")
    answer = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supporter", "answer"], name="reports_shared_once")
        ]

    def __str__(self) -> str:
        return str(self.answer)


class SettingAside(models.Model):
    """A reasoned wish to set a report aside. One that alleges anything waits for another person's yes.

    `redirects`: it is a question about the policy, and goes to those who answer these (`redirect_report`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="setting_aside")
    alleges = models.BooleanField()
    redirects = models.BooleanField(default=False)
    reason_sealed = models.BinaryField()
    wished_by = models.UUIDField()
    wished_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("wished_by")),
                name="reports_set_aside_confirmed_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(self.report_id)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, staff: StaffMember) -> QuestionQuerySet:
        """The questions whose row this staff member may see: those they hold a grant for."""
        return self.filter(is_seen_by(staff.person_id))


class Question(models.Model):
    """A question or a thought about the policy, sealed to the designated staff (P-CONTACT-1).

    Never part of a case: nothing above points here. `report`: it came as a report and was redirected. The box is
    the asker's own, or the one of that report. One that turns out to be a report is gone from here
    (`turn_into_report`). `folded`, as a report is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    box = models.UUIDField(unique=True, null=True)
    report = models.OneToOneField(
        Report, on_delete=models.CASCADE, null=True, related_name="question"
    )
    folded = models.BooleanField(default=False)
    text_token = models.BinaryField(max_length=16, default=bytes)
    received_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["text_token", "received_at"], name="reports_same_questions")
        ]

    def __str__(self) -> str:
        return self.code


class QuestionWord(models.Model):
    """Something said about a question after it was sent: more from the asker, or our answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="words")
    by_staff = models.UUIDField(null=True)
    sealed = models.BinaryField()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at", "id"]

    def __str__(self) -> str:
        return str(self.id)


class Upload(models.Model):
    """A file that came in and waits for its form to be sent again. Only the form holds what opens it.

    `blob` names its bytes on disk, `sealed` is `reports.uploads.Brought`. `forget_uploads` erases it.
    """

    blob = models.CharField(max_length=32, primary_key=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.blob


class Attachment(models.Model):
    """A file that came with a report: bytes on disk, and what opens them sealed into the report's file.

    The original stays as it came. `copy`: none has been made yet, one was made, or none can be.
    """

    class Copy(models.TextChoices):
        NOT_YET = "not_yet", "not made yet"
        MADE = "made", "made"
        NONE = "none", "not cleaned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="attachments")
    number = models.PositiveSmallIntegerField()
    blob = models.CharField(max_length=32, db_index=True)
    sealed = models.BinaryField()
    copy = models.CharField(max_length=8, choices=Copy.choices, default=Copy.NOT_YET)
    copy_blob = models.CharField(max_length=32, null=True, unique=True)
    copy_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="reports_file_numbered"),
            models.CheckConstraint(
                condition=Q(copy="made", copy_blob__isnull=False, copy_sealed__isnull=False)
                | ~Q(copy="made") & Q(copy_blob__isnull=True, copy_sealed__isnull=True),
                name="reports_copy_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
