"""The gate: asked at registering, signing in, entering, reconnecting, and inside each post's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.access.models import Gate, Place, Shut
from concord.refusals import Refused


class NotAdmitted(Refused):
    """The person is shut out of the place. The words are the same for everyone and tell nothing."""

    words = _("You do not have access to this place at the moment.")

    def __init__(self, *, person: UUID, shut: UUID) -> None:
        super().__init__(subject=shut)
        self.person = person


def shut_of(person: UUID, places: Iterable[Place], *, at: datetime) -> Shut | None:
    """The shut in force that keeps this person out of any of these places, or None."""
    return Shut.objects.in_force(at).at_places(places).filter(person_id=person).first()


def is_admitted(person: UUID, places: Iterable[Place], *, at: datetime) -> bool:
    """Whether the person may be in all of these places now."""
    return shut_of(person, places, at=at) is None


def admit(person: UUID, places: Iterable[Place], *, at: datetime) -> None:
    """Let the person pass, and hold the gate for the rest of this transaction.

    Call it inside `transaction.atomic`. While it is held, no shut of this person commits; after one has, this
    raises `NotAdmitted` (A-REVOKE-1). On SQLite the write transaction itself is the lock.
    """
    hold(person, "FOR SHARE")
    shut = shut_of(person, list(places), at=at)
    if shut is not None:
        raise NotAdmitted(person=person, shut=shut.id)


def hold(person: UUID, strength: str) -> None:
    """Lock the person's gate row: FOR SHARE by a post, FOR UPDATE by a shut. The ORM has no FOR SHARE."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {Gate._meta.db_table} WHERE person_id = %s {strength}", [person]
            )
            if cursor.fetchone() is None:
                Gate.objects.get_or_create(person_id=person)
                cursor.execute(
                    f"SELECT 1 FROM {Gate._meta.db_table} WHERE person_id = %s {strength}", [person]
                )
    else:
        Gate.objects.get_or_create(person_id=person)
