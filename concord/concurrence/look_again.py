"""look_again: a decision without an end was agreed to be looked at again on a day; on that day somebody is asked to.

Whoever is under it was told that day in their letter. The clock asks, and ends nothing; nor does it let anything run
on unseen: past its day it rings wider, and stays in the inbox until a person says that it stays, or it is ended.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from concord.cases.seats import seats_who_see
from concord.concurrence.models import Decision, Look
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files
from concord.vault.keyholders import keyholders


@every("concurrence.look_again", seconds=600)
def look_again(job: Job | None, *, at: datetime) -> int:
    """Ask the coordinator and the deputy on the day, once; everybody who may see it, once the day is past.

    Where neither of the two can open it, everybody who may see it is asked on the day.
    Returns how many were asked about anew.
    """
    due = list(_due(at).values_list("id", flat=True))
    for id in due:
        _ask(id, at=at)
    late = Look.objects.waiting(at).filter(alarmed_at__isnull=True, due_on__lt=utc_day(at))
    for look in list(late.values_list("id", flat=True)):
        _alarm(look, at=at)
    return len(due)


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _due(at: datetime) -> QuerySet[Decision]:
    """In force, their day come, and nobody asked: the first day was agreed to, later ones were said at the last."""
    looks = Look.objects.filter(decision=OuterRef("pk"))
    moved_to = Subquery(looks.order_by("-due_on").values("next_on")[:1])
    today = utc_day(at)
    first = Q(~Exists(looks), review_on__lte=today)
    return (
        Decision.objects.in_force(at)
        .alias(moved_to=moved_to)
        .filter(first | Q(moved_to__lte=today))
    )


@transaction.atomic
def _ask(id: UUID, *, at: datetime) -> None:
    decision = Decision.objects.select_for_update(of=("self",)).select_related("case").get(id=id)
    day = decision.look_on
    if day is None or decision.looks.filter(settled_at__isnull=True).exists():
        return
    Look.objects.create(decision=decision, due_on=day, rung_at=at)
    able = _able(decision, at=at)
    _ring(seats_who_see(decision.case) & able or able, id, at=at)
    record("concurrence.look_again", actor=None, subject=id, at=at)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    look = Look.objects.select_for_update(of=("self",)).select_related("decision").get(id=id)
    if look.alarmed_at is not None or look.settled_at is not None:
        return
    look.alarmed_at = at
    look.save(update_fields=["alarmed_at"])
    _ring(_able(look.decision, at=at), look.decision_id, at=at)
    record("concurrence.look_late", actor=None, subject=look.decision_id, at=at)


def _able(decision: Decision, *, at: datetime) -> set[UUID]:
    """Who can open it and is still there; where nobody is, the outside contact hears that something waits."""
    return keyholders(files.readers(decision.file)) or outside_readers(at)


def _ring(persons: set[UUID], decision: UUID, *, at: datetime) -> None:
    tell_desks(persons, "decision", decision)
    ring(persons, at=at)
