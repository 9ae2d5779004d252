"""Protected people, as tokens; and what came in that may be an attempt against one of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from concord.cases.models import Case
from concord.convenings.running import RUNNING, a_session_runs
from concord.monitoring.models import Flag
from concord.reports.models import Report
from concord.vault.sight import is_open_to, is_seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class Protected(models.Model):
    """One thing by which somebody in a case can be recognised, as a keyed token (`touching`). Dies with the case.

    `who` holds the tokens of one person in one case together, and means nothing elsewhere.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="protected")
    who = models.UUIDField()
    is_staff = models.BooleanField()
    kind = models.CharField(max_length=10)
    token = models.BinaryField(max_length=16, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "who", "kind", "token"], name="retaliation_protected_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.who)


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, staff: StaffMember) -> AttemptQuerySet:
        """Those whose older case this person works on, and whose new report or flag is not kept from them."""
        return self.filter(
            is_seen_by(staff.person_id, file="flag__file")
            | is_seen_by(staff.person_id, file="report__file"),
            is_open_to(staff.person_id, file="case__file"),
        )

    def offered(self) -> AttemptQuerySet:
        return self.filter(state=Attempt.State.OFFERED)

    def happening(self) -> AttemptQuerySet:
        """Flagged in a room in which people are together; or told as urgent, while they are together anywhere."""
        now = Q(flag__room__session__state__in=RUNNING)
        now |= Q(flag__room__session__isnull=True, flag__room__convening__state__in=RUNNING)
        if a_session_runs():
            now |= Q(report__urgent=True, report__folded=False)
        return self.filter(now)


class Attempt(models.Model):
    """A new report or flag touches somebody protected in an older case. A person links the two, or says no, once.

    `alarmed_at`: when those it was put before were called again.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "offered"
        LINKED = "linked", "linked"
        DISMISSED = "dismissed", "dismissed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attempts")
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, null=True, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    noticed_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["noticed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(flag__isnull=True, report__isnull=False)
                | Q(flag__isnull=False, report__isnull=True),
                name="retaliation_attempt_is_one_thing",
            ),
            models.UniqueConstraint(fields=["case", "flag"], name="retaliation_flag_once"),
            models.UniqueConstraint(fields=["case", "report"], name="retaliation_report_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def source(self) -> Flag | Report:
        found = self.flag or self.report
        assert found is not None  # noqa: S101 - the constraint above
        return found


class Aimed(models.Model):
    """A member of the team whom an attempt is aimed at, as a token: they do not handle what comes of it."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="aimed")
    token = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return str(self.attempt_id)
