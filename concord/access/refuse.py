"""Tells that somebody who is shut out tried to enter, wherever they were refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.access.gate import NotAdmitted
from concord.access.models import Shut
from concord.access.signals import entry_refused
from concord.refusals import Refused


def announce(refused: Refused, actor: UUID | None, at: datetime) -> None:
    """Send `entry_refused` for a refusal at the gate.

    Runs where refusals are told: by the door, the stream or the job that heard of it, after the refused
    transaction was rolled back, so that what receivers write stays.
    """
    if isinstance(refused, NotAdmitted):
        entry_refused.send(sender=Shut, person_id=refused.person, shut_id=refused.subject, at=at)
