"""The gate: asked at registering, signing in, entering, reconnecting, and inside each post's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import UUIDField
from django.utils.translation import gettext_lazy as _

from concord.access.models import Gate, Limit, LimitQuerySet, Notice, Place, Shut
from concord.access.review_pass import review_pass_of
from concord.refusals import Refused

_LOCK = "SELECT 1 FROM access_gate WHERE person_id = %s FOR UPDATE"
_EVER = (
    "SELECT 1 FROM access_shut WHERE person_id = %s"
    " UNION ALL SELECT 1 FROM access_limit WHERE person_id = %s LIMIT 1"
)


class NotAdmitted(Refused):
    """The person is shut out of the place. The words are the same for everyone and tell nothing."""

    words = _("You do not have access to this place at the moment.")
    page = "access/not_admitted.html"

    def __init__(self, *, person: UUID, shut: UUID) -> None:
        super().__init__(subject=shut)
        self.person = person
        self.shut = shut

    @property
    def review_pass(self) -> str:
        """Names the shut to the page where a review is asked for; opens nothing."""
        return review_pass_of(self.shut)


class MayOnlyRead(Refused):
    """The person may be here and not write, until a time. Reporting is never closed to anybody."""

    words = _("For now you can read here and not write. What you wrote is still here, and unsent.")
    status = 409

    def __init__(self, limit: Limit) -> None:
        super().__init__(subject=limit.id)
        self.review_pass = limit.review_pass


def shut_of(person: UUID, places: Iterable[Place], *, at: datetime) -> Shut | None:
    """The shut that keeps this person out of any of these places, or None."""
    return Shut.objects.not_over(at).at_places(places).filter(person_id=person).first()


def is_admitted(person: UUID, places: Iterable[Place], *, at: datetime) -> bool:
    """Whether the person may be in all of these places now."""
    return shut_of(person, places, at=at) is None


def admit(person: UUID, places: Iterable[Place], *, at: datetime) -> None:
    """Let the person pass, and hold the gate for the rest of this transaction: they do nothing else meanwhile.

    Call it inside `transaction.atomic`. While it is held, no shut of this person commits; after one has, this
    raises `NotAdmitted` (A-REVOKE-1). On SQLite the write transaction itself is the lock.
    """
    hold(person)
    check_admitted(person, places, at=at)


def check_admitted(person: UUID, places: Iterable[Place], *, at: datetime) -> None:
    """Raise `NotAdmitted` for whoever is shut out now; nothing is held, for whoever only looks in."""
    shut = shut_of(person, list(places), at=at)
    if shut is not None:
        raise NotAdmitted(person=person, shut=shut.id)


def admit_to_write(person: UUID, places: Iterable[Place], *, at: datetime) -> list[Limit]:
    """Let the person write, and return the paces they are held to: each counts, so the strictest stands.

    Holds what `admit` holds, and each limit as well, so that two posts at once are not both the first. Raises
    `NotAdmitted`, `MayOnlyRead`.
    """
    hold(person)
    if not _anything_stands(person):
        return []
    here = list(places)
    check_admitted(person, here, at=at)
    limits = _limits_of(person, here, at=at).select_for_update().order_by("id")
    for limit in (held := list(limits)):
        if limit.pace is None:
            raise MayOnlyRead(limit)
    return held


def limit_of(person: UUID, places: Iterable[Place], *, at: datetime) -> Limit | None:
    """The strictest limit that the person is held to in these places now, or None."""
    held = list(_limits_of(person, places, at=at))
    return min(held, key=lambda one: (one.pace is not None, -(one.pace or 0)), default=None)


def standing_behind(id: UUID) -> Shut | Limit | Notice | None:
    """The shut, the limit or the notice with this id."""
    return (
        Shut.objects.filter(id=id).first()
        or Limit.objects.filter(id=id).first()
        or Notice.objects.filter(id=id).first()
    )


def _limits_of(person: UUID, places: Iterable[Place], *, at: datetime) -> LimitQuerySet:
    return Limit.objects.not_over(at).at_places(places).filter(person_id=person)


def _anything_stands(person: UUID) -> bool:
    """Whether a shut or a limit was ever made for this person: of most who write, neither was."""
    id = UUIDField().get_db_prep_value(person, connection)
    with connection.cursor() as cursor:
        cursor.execute(_EVER, [id, id])
        return cursor.fetchone() is not None


def hold(person: UUID) -> None:
    """Lock the person's gate row, whoever asks: a post, a shut. PostgreSQL lets those who wait for it in by turns.

    Were posts to share it, somebody who writes in many windows at once could keep a decision about them waiting.
    """
    if not _take(person):
        Gate.objects.get_or_create(person_id=person)
        _take(person)


def hold_mailboxes(tokens: Iterable[bytes]) -> None:
    """Lock keyed tokens of mailboxes, in one order, until the transaction ends.

    Whoever shuts a mailbox and whoever lets one in take it: else each could look before the other has written,
    and somebody who comes in at that very moment would be seen by neither. On SQLite the write transaction is it.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for number in sorted({int.from_bytes(one[:8], signed=True) for one in tokens}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _take(person: UUID) -> bool:
    """Lock the row and say whether there is one. On SQLite the write transaction is the lock, and needs no row."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [person])
        return cursor.fetchone() is not None
