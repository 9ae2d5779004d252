"""release: letters that waited for something are carried out from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.letters.models import Letter
from concord.outbox.leave import leave


@transaction.atomic
def release(waits_for: UUID, *, at: datetime) -> int:
    """Leave the letters that waited for this id to the worker; return how many. Twice releases none again."""
    waiting = Letter.objects.select_for_update().filter(waits_for=waits_for, sent_at__isnull=True)
    letters = list(waiting)
    for letter in letters:
        leave("letters.deliver", subject=letter.id, at=at)
    Letter.objects.filter(id__in=[letter.id for letter in letters]).update(waits_for=None)
    return len(letters)
