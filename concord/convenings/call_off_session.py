"""call_off_session, put_back_session: a session that was planned does not take place, or does after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Session, State
from concord.convenings.signals import session_changed
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.refusals import Refused


class HasBegun(Refused):
    """What people are in, or were in, is ended and not called off."""

    words = _("This session has begun already. It can be ended, and not called off.")
    status = 409


@transaction.atomic
def call_off_session(session: Session, *, by: StaffMember | None, at: datetime) -> Session:
    """Take a session that has not begun out of the programme: it stays on it, as one that does not take place.

    Nobody needs to watch it any more, and its guidelines are asked of nobody. Twice is once. Raises
    NotYoursToDesignate, HasBegun.
    """
    must_plan(by, at=at)
    session = _held(session)
    if session.called_off:
        return session
    if session.state not in (State.PLANNED, State.READY):
        raise HasBegun(subject=session.id)
    return _now(session, "call_off", State.ENDED, by=by, at=at)


@transaction.atomic
def put_back_session(session: Session, *, by: StaffMember | None, at: datetime) -> Session:
    """It takes place after all, and is planned as before. Twice is once. Raises NotYoursToDesignate."""
    must_plan(by, at=at)
    session = _held(session)
    if not session.called_off or session.convening.state == State.ENDED:
        return session
    return _now(session, "put_back", State.PLANNED, by=by, at=at)


def _held(session: Session) -> Session:
    """Its own row alone: whoever brings in a programme holds the event's, and then this one."""
    mine = Session.objects.select_for_update(of=("self",), no_key=True)
    return mine.select_related("convening").get(id=session.id)


def _now(
    session: Session, verb: str, state: State, *, by: StaffMember | None, at: datetime
) -> Session:
    session.state, session.called_off = state, state == State.ENDED
    session.save(update_fields=["state", "called_off"])
    actor = by.person_id if by else None
    record(f"convenings.{verb}_session", actor=actor, subject=session.id, at=at)
    session_changed.send(sender=Session, session=session, at=at)
    return session
