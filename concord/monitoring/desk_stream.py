"""The desk's streams: one for each member of staff, carrying ids of what changed and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction

from concord.live import relay
from concord.live.follow_news import catches_up
from concord.live.hub import hub
from concord.live.subscriptions import Grant
from concord.outbox.clock import clock
from concord.people.listening import listening_staff

KIND = "desk"
GONE = "gone"
"""Something that lies open on somebody's page is not theirs any more: the page looks again, and finds nothing."""
AT_ONCE = 100
"""People whom one word between processes names."""
LOOK_EVERY = 5.0
_looked_at = 0.0


def stream_of(person: UUID) -> str:
    return f"{KIND}:{person}"


def tell_desks(persons: Iterable[UUID], event: str, id: UUID) -> None:
    """After commit, tell these people's open pages that something changed; the page asks for the rest itself.

    Only whoever holds a grant may be told: a stream of one's own is how nobody else learns that it exists.
    """
    transaction.on_commit(partial(_tell, list(persons), event, id), robust=True)


def _tell(persons: list[UUID], event: str, id: UUID) -> None:
    _tell_here(event, str(id), *map(str, persons))
    for start in range(0, len(persons), AT_ONCE):
        relay.tell(KIND, event, id, *persons[start : start + AT_ONCE])


@relay.hears(KIND)
def _tell_here(event: str, id: str, *persons: str) -> None:
    for person in persons:
        hub.publish(stream_of(UUID(person)), event, {"id": id})


def authorise(session_key: str | None, host: str, streams: list[str]) -> Grant | None:
    """Leave to listen to one's own desk stream, for current staff whose keys are open at the desk."""
    staff = listening_staff(session_key, host, at=clock.now())
    if staff is None or streams != [stream_of(staff.person_id)]:
        return None
    return Grant(staff.person_id, streams)


@catches_up
def look_again() -> None:
    """While words may be lost, each desk is told every few seconds to look: what was lost had no number."""
    global _looked_at
    if relay.line.is_sure or time.monotonic() - _looked_at < LOOK_EVERY:
        return
    _looked_at = time.monotonic()
    for stream in hub.followed(KIND):
        hub.publish(stream, "inbox", {"id": ""})
