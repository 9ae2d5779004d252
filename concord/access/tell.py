"""tell: say something to one person alone where they take part, under a warrant; nothing is forced (P-SANCTION-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.access.gate import hold
from concord.access.models import Notice, Place
from concord.ledger.record import record
from concord.refusals import Refused
from concord.vault import environment


class NothingIsSaid(Refused):
    """The notice is over, or is somebody else's."""

    words = _("There is nothing here any more.")
    status = 404


@transaction.atomic
def tell(
    person: UUID,
    *,
    place: Place,
    warrant: UUID,
    asked_to_leave: bool,
    at: datetime,
    until_at: datetime | None = None,
    review_on: date | None = None,
) -> Notice:
    """Leave a notice for the person. The warrant is checked by a trigger: without a true one the insert fails."""
    hold(person)
    made = Notice.objects.create(
        person_id=person,
        asked_to_leave=asked_to_leave,
        scope_kind=place.kind,
        scope_id=place.id,
        warrant=warrant,
        since_at=at,
        until_at=until_at,
        review_on=review_on,
    )
    record("access.tell", actor=None, subject=made.id, at=at, warrant=warrant)
    return made


def seal_into(notice: Notice, text: str) -> None:
    """Put the text beside the notice, for somebody whom no letter reaches; only the running server opens it."""
    sealed = environment.seal("notice", text.encode(), about=f"notice:{notice.id}")
    Notice.objects.filter(id=notice.id).update(sealed=sealed)


def notices_for(person: UUID, places: Iterable[Place], *, at: datetime) -> list[Notice]:
    """What is said to this person in these places now: that they are asked to leave, or a text to read."""
    said = Notice.objects.in_force(at).at_places(places).filter(person_id=person)
    return list(said.filter(Q(asked_to_leave=True) | Q(sealed__isnull=False)).order_by("since_at"))


def read_notice(notice: Notice, *, at: datetime) -> str:
    """Show the person its text; from then on it was shown. Raises `NothingIsSaid`."""
    current = Notice.objects.in_force(at).filter(id=notice.id).first()
    if current is None or current.sealed is None:
        raise NothingIsSaid(subject=notice.id)
    text = environment.unseal("notice", bytes(current.sealed), about=f"notice:{notice.id}")
    Notice.objects.filter(id=notice.id, is_shown=False).update(is_shown=True)
    return text.decode()


@transaction.atomic
def heed(notice: Notice, *, by: UUID, at: datetime) -> Notice:
    """The person leaves, or says that they have read it. Once or twice is the same; the text goes.

    Not for the ledger: when somebody was where is nobody's to keep (P-RISK-1). Raises `NothingIsSaid`.
    """
    held = Notice.objects.select_for_update().filter(id=notice.id, person_id=by).first()
    if held is None or not Notice.objects.not_over(at).filter(id=held.id).exists():
        raise NothingIsSaid(subject=notice.id)
    held.is_shown = held.is_heeded = True
    held.sealed = None
    held.save(update_fields=["is_shown", "is_heeded", "sealed"])
    return held


@transaction.atomic
def end_notice(made: Notice, *, by: UUID | None, at: datetime) -> Notice:
    """End it early. Ending one that has ended, or ends sooner, changes nothing. `at` may lie ahead."""
    hold(made.person_id)
    later = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    if Notice.objects.filter(later, id=made.id).update(ended_at=at):
        made.ended_at = at
        record("access.end_notice", actor=by, subject=made.id, at=at)
    return made
