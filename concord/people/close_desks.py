"""close_desks: where nobody comes back, the keys leave the session all the same, when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from concord.live.end_streams import end_streams
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import OpenDesk
from concord.vault.session import is_open_in, scrubbed


def close_desks(*, at: datetime) -> int:
    """Take the sealed keys out of every session that is idle or over, and end what its pages hear; how many.

    A session that somebody wrote to meanwhile is left for the next time.
    """
    return sum(_close(desk, at=at) for desk in OpenDesk.objects.all())


@transaction.atomic
def _close(desk: OpenDesk, *, at: datetime) -> bool:
    row = Session.objects.filter(pk=desk.session_key).first()
    stored = row.get_decoded() if row else {}
    left = scrubbed(stored, at=at)
    if row is not None and left is not None:
        same = Session.objects.filter(pk=row.pk, session_data=row.session_data)
        if not same.update(session_data=Session.objects.encode(left)):
            return False
        end_streams(desk.person_id)
    elif row is not None and is_open_in(stored, at=at):
        return False
    desk.delete()
    return left is not None


@every("people.close_desks", seconds=60)
def tick(job: Job, *, at: datetime) -> None:
    """Once a minute."""
    close_desks(at=at)
