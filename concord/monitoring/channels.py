"""By which ways somebody is asked to look at their desk. Each is registered; one that fails stops no other.

A channel writes down what must leave and returns; the outbox carries it, tries again, and gives up in the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from concord.outbox.models import Job

log = logging.getLogger("concord.monitoring")
LAST_TRY = 8


class Channel(Protocol):
    """Leaves word for one person, without contents, where they can be reached this way.

    Word of a drill says that it is one, where it has words at all.
    """

    def __call__(self, person: UUID, *, at: datetime, is_drill: bool = False) -> None: ...


_channels: dict[str, Channel] = {}


def channel(name: str) -> Callable[[Channel], Channel]:
    """Register a channel under a name."""

    def register(leaves: Channel) -> Channel:
        _channels[name] = leaves
        return leaves

    return register


def gives_up(job: Job) -> bool:
    """Whether word for somebody has been tried for so long (some four minutes) that it is of no use any more."""
    if job.attempts < LAST_TRY:
        return False
    log.warning("notice given up", extra={"kind": job.kind, "attempts": job.attempts})
    return True


def by_every_channel(person: UUID, *, at: datetime, is_drill: bool = False) -> None:
    """Leave word by every channel. What one of them raises is logged by its name, and undoes nothing of another."""
    for name, leaves in list(_channels.items()):
        try:
            with transaction.atomic():
                leaves(person, at=at, is_drill=is_drill)
        except Exception:
            log.exception("channel failed", extra={"kind": name})
