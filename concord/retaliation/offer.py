"""offer: those who read the older case, and whom the new report is not kept from, are told; and what follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.link_cases import link_cases
from concord.cases.models import Case, Source
from concord.cases.recuse import take_out
from concord.cases.signals import taken_up
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.retaliation.models import Attempt
from concord.retaliation.touching import of_person
from concord.vault import files


@handles("retaliation.offer")
def offer(job: Job, *, at: datetime) -> None:
    """On their desks and by the letter that says nothing. Who reads what is asked now, not when it came in."""
    attempt = Attempt.objects.select_related("case", "flag", "report").filter(id=job.about).first()
    if attempt is None or attempt.state != Attempt.State.OFFERED:
        return
    told = offered_to(attempt)
    tell_desks(told, "inbox", attempt.id)
    ring(told, at=at, at_once=Attempt.objects.filter(id=attempt.id).happening().exists())


def offered_to(attempt: Attempt) -> set[UUID]:
    """Readers of the older case, unrecused, who see the new report or flag too.

    The team alone: the outside contact, who may hold both, has no page on which they could say what it is.
    """
    source = attempt.source.file
    both = files.readers(attempt.case.file)
    both &= files.readers(source) | files.dormant_readers(source)
    team = StaffMember.objects.filter(person__in=both)
    return set(team.values_list("person_id", flat=True))


@receiver(taken_up, dispatch_uid="retaliation.follow_up")
def follow_up(sender: Any, case: Case, source: Flag | Report, at: datetime, **kwargs: Any) -> None:
    """What was linked before there was a case is linked now; joined to the very case, it is settled."""
    field = "flag" if isinstance(source, Flag) else "report"
    for attempt in Attempt.objects.select_related("case").filter(**{field: source.id}):
        if attempt.case_id == case.id:
            Attempt.objects.filter(id=attempt.id, state=Attempt.State.OFFERED).update(
                state=Attempt.State.LINKED, settled_at=at
            )
        elif attempt.state == Attempt.State.LINKED and attempt.settled_by:
            tie(attempt, case, by=attempt.settled_by, at=at)


def tie(attempt: Attempt, case: Case, *, by: UUID, at: datetime) -> None:
    """The new case follows from the older; whom it is aimed at does not handle it (V-RETAL-3)."""
    link_cases(case, older=attempt.case, by=by, at=at)
    aimed = {bytes(token) for token in attempt.aimed.values_list("token", flat=True)}
    holders = files.readers(case.file) | files.dormant_readers(case.file)
    for staff in StaffMember.objects.filter(person__in=holders):
        if of_person(staff.person_id)[1] in aimed:
            take_out(case, who=staff.person_id, by=None, at=at)


def case_of(source: Flag | Report) -> Case | None:
    """The case that a report or flag went into."""
    field = "flag" if isinstance(source, Flag) else "report"
    found = Source.objects.select_related("case").filter(**{field: source.id}).first()
    return found.case if found else None
