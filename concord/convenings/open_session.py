"""open_session: a session opens inside an open event, with its guidelines confirmed (P-GUIDE-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.confirm_guidelines import SessionHasEnded
from concord.convenings.models import Session, State
from concord.convenings.open_convening import NotReady
from concord.convenings.readiness import readiness
from concord.convenings.signals import session_changed
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.refusals import Refused


class EventNotOpen(Refused):
    """A session lies inside its event."""

    words = _("Open the event first; its sessions open inside it.")
    status = 409


@transaction.atomic
def open_session(session: Session, *, by: StaffMember | None, at: datetime) -> Session:
    """Open a session. What the event needs is looked at again; of guidelines, only this session's own.

    Opening an open one changes nothing. Raises NotYoursToDesignate, SessionHasEnded, EventNotOpen, NotReady.
    """
    must_plan(by, at=at)
    session = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("convening")
        .get(id=session.id)
    )
    if session.state == State.OPEN:
        return session
    if session.state == State.ENDED:
        raise SessionHasEnded(subject=session.id)
    if session.convening.state != State.OPEN:
        raise EventNotOpen(subject=session.id)
    missing = [
        one
        for one in readiness(session.convening, at)
        if one.session is None or one.session.id == session.id
    ]
    if missing:
        raise NotReady(missing, subject=session.id)
    session.state = State.OPEN
    session.save(update_fields=["state"])
    actor = by.person_id if by else None
    record("convenings.open_session", actor=actor, subject=session.id, at=at)
    session_changed.send(sender=Session, session=session, at=at)
    return session
