"""Who reads a report, as its reporter may know it: only what they chose themselves makes a difference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from concord.people.models import StaffMember
from concord.people.named_in import named_in
from concord.reports import promise
from concord.reports.told import Told


def names_told(
    told: Told,
    *,
    keep_out: Iterable[StaffMember],
    receivers: Iterable[StaffMember] | None = None,
    at: datetime,
) -> list[str]:
    """The working names on the form, less whom the reporter ticked or named; none when it is about the team.

    `receivers`: those on the form that was sent, where it is at hand.

    Whom we keep out ourselves is never missing from it: anybody can send a report from any post, and would
    learn from a missing name who is close to its author, or that its author works here (K-CONF-1).
    """
    if told.about_team:
        return []
    on_form = list(promise.receivers(at) if receivers is None else receivers)
    kept_out = {one.id for one in [*keep_out, *named_in(told.all_words, on_form)]}
    return [one.working_name for one in on_form if one.id not in kept_out]


def kept_out_by_reporter(told: Told, keep_out: Iterable[StaffMember], *, at: datetime) -> set[UUID]:
    """Whom the reporter ticked, and whoever of the team is named in the text."""
    named = named_in(told.all_words, StaffMember.objects.current(at))
    return {one.person_id for one in [*keep_out, *named]}
