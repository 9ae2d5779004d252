"""running: whether an event goes on in a place now, which decides how long people wait for one another there.

A paused room is in the middle of its event: it was paused because somebody is needed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from concord.access.models import EVERYWHERE, Place
from concord.convenings.models import Convening, Session, State

RUNNING = [State.OPEN, State.PAUSED]


def is_running(places: Iterable[Place]) -> bool:
    """Whether one of them is live: a session by itself, an event with all of its sessions, everywhere with any."""
    wanted = set(places)
    sessions = Session.objects.filter(state__in=RUNNING)
    events = Convening.objects.filter(state__in=RUNNING)
    if EVERYWHERE not in wanted:
        in_events = [one.id for one in wanted if one.id and one.kind == "convening"]
        in_sessions = [one.id for one in wanted if one.id and one.kind == "session"]
        events = events.filter(id__in=in_events)
        sessions = sessions.filter(Q(id__in=in_sessions) | Q(convening__in=in_events))
    return bool(wanted) and (sessions.exists() or events.exists())


def running_events() -> QuerySet[Convening]:
    """The events that go on now, the first to begin first."""
    return Convening.objects.filter(state__in=RUNNING).order_by("starts_at", "name")


def a_session_runs() -> bool:
    """Whether people are together anywhere at this hour; an event that is open for days is not all day and night."""
    return Session.objects.filter(state__in=RUNNING).exists()
