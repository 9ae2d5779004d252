"""The gate: asked at registering, signing in, entering, reconnecting, and inside each post's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.access.models import Gate, Place, Shut
from concord.refusals import Refused

_LOCK = {
    "FOR SHARE": "SELECT 1 FROM access_gate WHERE person_id = %s FOR SHARE",
    "FOR UPDATE": "SELECT 1 FROM access_gate WHERE person_id = %s FOR UPDATE",
}
_REVIEW = "concord.access.review"


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
        return signing.dumps(str(self.shut), salt=_REVIEW)


def shut_named_by(review_pass: str) -> UUID | None:
    """The shut that a `review_pass` names; None for anything that we did not write."""
    try:
        return UUID(signing.loads(review_pass, salt=_REVIEW))
    except (signing.BadSignature, ValueError):
        return None


def shut_of(person: UUID, places: Iterable[Place], *, at: datetime) -> Shut | None:
    """The shut that keeps this person out of any of these places, or None."""
    return Shut.objects.not_over(at).at_places(places).filter(person_id=person).first()


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
    if not _take(person, strength):
        Gate.objects.get_or_create(person_id=person)
        _take(person, strength)


def _take(person: UUID, strength: str) -> bool:
    """Lock the row and say whether there is one. On SQLite the write transaction is the lock."""
    if connection.vendor != "postgresql":
        return Gate.objects.filter(person_id=person).exists()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK[strength], [person])
        return cursor.fetchone() is not None
