"""limit: a person reads in a place and writes nothing, or only so often, until a time (P-SANCTION-1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from concord.access.gate import hold
from concord.access.models import Limit, Place
from concord.ledger.record import record


@transaction.atomic
def limit(
    person: UUID,
    *,
    place: Place,
    warrant: UUID,
    at: datetime,
    pace: int | None = None,
    salt: str = "",
    until_at: datetime | None = None,
    review_on: date | None = None,
) -> Limit:
    """Hold the person to it. The warrant is checked by a trigger: without a true one the insert fails.

    `pace` in minutes from one post to the next; None: they only read. It takes the person's gate as a shut does,
    so none of their posts commits afterwards that was not asked about it.
    """
    hold(person)
    made = Limit.objects.create(
        person_id=person,
        scope_kind=place.kind,
        scope_id=place.id,
        pace=pace,
        salt=salt,
        warrant=warrant,
        since_at=at,
        until_at=until_at,
        review_on=review_on,
    )
    record("access.limit", actor=None, subject=made.id, at=at, warrant=warrant)
    return made


@transaction.atomic
def end_limit(made: Limit, *, by: UUID | None, at: datetime) -> Limit:
    """End a limit early. Ending one that has ended, or ends sooner, changes nothing. `at` may lie ahead."""
    hold(made.person_id)
    later = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    if Limit.objects.filter(later, id=made.id).update(ended_at=at):
        made.ended_at = at
        record("access.end_limit", actor=by, subject=made.id, at=at)
    return made
