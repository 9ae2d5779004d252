"""open_room: a lobby for each event and a room for each session, made with them in one transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from concord.convenings.models import Convening, Session
from concord.convenings.signals import convening_planned, session_planned
from concord.spaces.models import Room


def open_room(of: Convening | Session) -> Room:
    """The room of a session, or the lobby of an event; made when it is not there yet.

    It carries the same id, so that the event's page, in a room of the house below this one, can link to it.
    """
    session = of if isinstance(of, Session) else None
    convening = of.convening if isinstance(of, Session) else of
    defaults = {"id": of.id, "name": of.name}
    return Room.objects.get_or_create(convening=convening, session=session, defaults=defaults)[0]


@receiver(convening_planned)
def open_lobby(convening: Convening, **more: Any) -> None:
    open_room(convening)


@receiver(session_planned)
def open_session_room(session: Session, **more: Any) -> None:
    open_room(session)
