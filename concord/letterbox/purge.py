"""purge: empty a box and take it away; its code is from then on like any code that never was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box


@transaction.atomic
def purge(box: Box, *, by: UUID | None, at: datetime) -> None:
    """Delete the box and what lies in it. Done twice, it changes nothing."""
    if Box.objects.filter(id=box.id).delete()[0]:
        record("letterbox.purge", actor=by, subject=box.id, at=at)
