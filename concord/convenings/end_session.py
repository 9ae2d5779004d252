"""end_session: a session is over; what was said stays readable, nothing is added."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Session, State
from concord.convenings.signals import session_changed
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused


class NotYoursToEnd(Refused):
    """Whoever plans events, or watches over them, ends a session."""

    words = _("Only an organiser, a lead, or somebody who watches over events can end a session.")


@transaction.atomic
def end_session(session: Session, *, by: StaffMember | None, at: datetime) -> Session:
    """End a session. Ending an ended one changes nothing. Raises NotYoursToEnd."""
    if by is not None and not (by.is_current(at) and (by.may_plan or by.may_monitor)):
        raise NotYoursToEnd(subject=session.id)
    if Session.objects.filter(id=session.id).exclude(state=State.ENDED).update(state=State.ENDED):
        session.state = State.ENDED
        actor = by.person_id if by else None
        record("convenings.end_session", actor=actor, subject=session.id, at=at)
        session_changed.send(sender=Session, session=session, at=at)
    return session
