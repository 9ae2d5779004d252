"""The promise clock: what we promised whoever reported, by when, and whether we kept it (I-INFORM-1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.reports.models import Report
from concord.reports.promise import OUTCOME


class Promised(NamedTuple):
    """One promise. `kept_at` is None while it is still to be kept; without a time it is one we kept unasked."""

    words: str | Words
    due_at: datetime | None
    kept_at: datetime | None
    state: str


def promises_of(report: Report, *, outcome_at: datetime | None, at: datetime) -> list[Promised]:
    """Each promise that the form made, in its order."""
    made = [_promised(_("A person answers you"), report.answer_by, report.acknowledged_at, at=at)]
    if report.tell_outcome or outcome_at:
        due_at = report.received_at + OUTCOME if report.tell_outcome else None
        made.append(_promised(_("You hear what was done"), due_at, outcome_at, at=at))
    return made


def _promised(
    words: str | Words, due_at: datetime | None, kept_at: datetime | None, *, at: datetime
) -> Promised:
    late = due_at is not None and (kept_at or at) > due_at
    if kept_at:
        return Promised(words, due_at, kept_at, "late" if late else "kept")
    return Promised(words, due_at, kept_at, "broken" if late else "waiting")
