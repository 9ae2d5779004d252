"""end_tie: whoever said that they are close to somebody takes it back. What it took from them stays taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember, Tie
from concord.refusals import Refused


class NotYourTie(Refused):
    """Nobody takes back what somebody else declared, a lead neither."""

    words = _("Only whoever said this can take it back.")


class ItIsYou(Refused):
    """A mailbox that was shown to be one's own stays one's own."""

    words = _(
        "You showed that this mailbox is yours. That stays, so that nothing about you reaches you."
    )
    status = 409


@transaction.atomic
def end_tie(tie: Tie, *, by: StaffMember, at: datetime) -> None:
    """Forget it. From now on they are asked again about that person; no case comes back. Twice is once.

    The ledger keeps that one was taken back, not which. Raises `NotYourTie`, `ItIsYou`.
    """
    if tie.staff_id != by.id:
        raise NotYourTie(subject=by.person_id)
    held = Tie.objects.select_for_update().filter(id=tie.id).first()
    if held is None:
        return
    if held.kind == Tie.Kind.OWN:
        raise ItIsYou(subject=by.person_id)
    held.delete()
    record("people.end_tie", actor=by.person_id, subject=by.person_id, at=at)
