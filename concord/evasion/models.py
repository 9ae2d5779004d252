"""Returns: a new login recognised as that of a person under a decision in force."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from concord.concurrence.models import Decision, Execution
from concord.people.models import Person


class Match(models.Model):
    """A return under a decision. APPLIED carries the execution by prior decision; DISMISSED never comes back.

    `held_at`: when the gate's last refusal of them was noted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="returns")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(
        max_length=10, choices=[("account", "the very account"), ("mailbox", "the same mailbox")]
    )
    state = models.CharField(
        max_length=10,
        choices=[("applied", "applied"), ("undone", "undone"), ("held", "held at the door")],
    )
    execution = models.OneToOneField(
        Execution, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason_sealed = models.BinaryField(null=True)
    recognised_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    applied_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["-recognised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "person"], name="evasion_one_match_per_person_and_decision"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(execution__isnull=False),
                name="evasion_applied_by_execution",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
