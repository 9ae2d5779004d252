"""end_session: a session is over; what was said stays readable, nothing is added."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

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


class EndsBeforeItsTime(Refused):
    """Nobody takes a room from everyone alone (V-SILENCE-1)."""

    words = _(
        "This session still runs, so it takes two to end it: end it from the controls of its room, and let a "
        "colleague confirm that. Once its planned end has passed, you can end it here."
    )
    status = 409


@transaction.atomic
def end_session(
    session: Session, *, by: StaffMember | None, at: datetime, asked_by: UUID | None = None
) -> Session:
    """End a session. Ending an ended one changes nothing. `by` is None only for the house's own clock.

    Before its planned end a running session ends when one person asked for it and another one confirms.
    Raises NotYoursToEnd, EndsBeforeItsTime.
    """
    if by is not None and not (by.is_current(at) and (by.may_plan or by.may_monitor)):
        raise NotYoursToEnd(subject=session.id)
    if by is not None and asked_by in (None, by.person_id) and _runs(session, at=at):
        raise EndsBeforeItsTime(subject=session.id)
    if Session.objects.filter(id=session.id).exclude(state=State.ENDED).update(state=State.ENDED):
        session.state = State.ENDED
        actor = by.person_id if by else None
        record("convenings.end_session", actor=actor, subject=session.id, at=at)
        session_changed.send(sender=Session, session=session, at=at)
    return session


def _runs(session: Session, *, at: datetime) -> bool:
    running = Session.objects.filter(id=session.id, state__in=[State.OPEN, State.PAUSED])
    return running.filter(ends_at__gt=at).exists()
