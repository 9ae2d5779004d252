"""confirm_guidelines: how to engage in one session, confirmed for that very session (P-GUIDE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Guidelines, Session, State
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.refusals import Refused

LONGEST = 8_000


class SessionHasEnded(Refused):
    """What is over needs no guidelines."""

    words = _("This session has ended.")
    status = 409


@transaction.atomic
def confirm_guidelines(
    session: Session, *, text: str, by: StaffMember | None, at: datetime
) -> Guidelines:
    """Confirm the guidelines of a session under the next number; whoever is inside reads changed ones anew.

    Confirming the same text again changes nothing. Raises NotYoursToDesignate, SessionHasEnded; ValueError for
    an empty or a very long text.
    """
    must_plan(by, at=at)
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST:
        raise ValueError(_("Guidelines have at least one line, and at most 8,000 characters."))
    session = Session.objects.select_for_update().get(id=session.id)
    if session.state == State.ENDED:
        raise SessionHasEnded(subject=session.id)
    newest = session.guidelines.order_by("-number").first()
    if newest is not None and newest.text == text and newest.confirmed_at:
        return newest
    guidelines = Guidelines.objects.create(
        session=session,
        number=newest.number + 1 if newest else 1,
        text=text,
        confirmed_by=by.person_id if by else None,
        confirmed_at=at,
    )
    actor = by.person_id if by else None
    record(
        "convenings.confirm_guidelines",
        actor=actor,
        subject=session.id,
        at=at,
        number=guidelines.number,
    )
    return guidelines
