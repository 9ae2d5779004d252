"""Reports: what somebody told us, sealed to the people who may read it and to nobody else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from concord.vault.files import seen_by

if TYPE_CHECKING:
    from concord.people.models import StaffMember


class State(models.TextChoices):
    RECEIVED = "received", "received"
    UNREADABLE = "unreadable", "unreadable"
    ACKNOWLEDGED = "acknowledged", "answered by a person"
    LINKED = "linked", "linked to a case"
    REDIRECTED = "redirected", "redirected"
    SET_ASIDE = "set_aside", "set aside"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, staff: StaffMember) -> ReportQuerySet:
        """The reports whose row this staff member may see: those they hold a grant for, dormant or not."""
        return self.filter(file__in=seen_by(staff.person_id))


class Report(models.Model):
    """One report. Everything that was typed lies sealed under `file`; the row has a random code and a state.

    The sealed part is JSON: {"text", "where", "when", "kind", "who", "wishes", "contact", "hear", "language",
    "about_team"}; only "text" is never empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    urgent = models.BooleanField(default=False)
    outside = models.BooleanField(default=False)
    file = models.UUIDField(unique=True)
    sealed = models.BinaryField()
    box = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.code


class KeptOut(models.Model):
    """A staff member whom the reporter keeps out of this report, as a keyed token and not as a name."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="kept_out")
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "token"], name="reports_kept_out_once")]

    def __str__(self) -> str:
        return str(self.report_id)
