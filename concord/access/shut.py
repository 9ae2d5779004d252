"""shut: keep a person out of a place until a time, under a warrant (A-REVOKE-1, A-DENY-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from concord.access.gate import hold
from concord.access.models import Epoch, Place, Shut, ShutToken
from concord.access.signals import person_readmitted, person_shut_out
from concord.ledger.record import record


@transaction.atomic
def shut(
    person: UUID,
    *,
    place: Place,
    warrant: UUID,
    at: datetime,
    until_at: datetime | None = None,
    review_on: date | None = None,
    tokens: Iterable[tuple[str, bytes]] = (),
) -> Shut:
    """Shut the person out. The warrant is checked by a trigger: without a true one the insert fails.

    `tokens` are (kind, 16 bytes) of `names.token`, by which a new login is compared later. Streams are cut by
    who hears `person_shut_out`, after commit.
    """
    hold(person)
    made = Shut.objects.create(
        person_id=person,
        scope_kind=place.kind,
        scope_id=place.id,
        warrant=warrant,
        since_at=at,
        until_at=until_at,
        review_on=review_on,
    )
    ShutToken.objects.bulk_create(
        ShutToken(shut=made, kind=kind, token=token) for kind, token in tokens
    )
    _turn_epoch()
    record("access.shut", actor=None, subject=made.id, at=at, warrant=warrant)
    person_shut_out.send(sender=Shut, shut=made, at=at)
    return made


@transaction.atomic
def end_shut(made: Shut, *, by: UUID | None, at: datetime) -> Shut:
    """End a shut early. Ending one that has ended, or ends sooner, changes nothing. `at` may lie ahead."""
    hold(made.person_id)
    later = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    if Shut.objects.filter(later, id=made.id).update(ended_at=at):
        made.ended_at = at
        _turn_epoch()
        record("access.end_shut", actor=by, subject=made.id, at=at)
        person_readmitted.send(sender=Shut, shut=made, at=at)
    return made


def epoch_now() -> int:
    """How often anybody was shut out or let in again: whoever has followed through this number missed nothing."""
    return Epoch.objects.filter(id=1).values_list("number", flat=True).first() or 0


def _turn_epoch() -> None:
    Epoch.objects.get_or_create(id=1)
    Epoch.objects.filter(id=1).update(number=F("number") + 1)
