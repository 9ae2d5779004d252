"""promise_discretion: the outside contact says that what they read stays with them, before they read (K-WHO-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.people.models import OutsideContact
from concord.reports.models import Discretion


@transaction.atomic
def promise_discretion(contact: OutsideContact, *, at: datetime) -> Discretion:
    """Note it. Twice is once."""
    given, fresh = Discretion.objects.get_or_create(
        holder=contact.holder, defaults={"promised_at": at}
    )
    if fresh:
        record("reports.promise_discretion", actor=contact.holder, subject=contact.holder, at=at)
    return given
