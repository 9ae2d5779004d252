"""accept_confidence: the support person says that what they read stays with them, before they read (K-WHO-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.reports.models import Supporter


@transaction.atomic
def accept_confidence(supporter: Supporter, *, at: datetime) -> Supporter:
    """Note it. Twice is once."""
    supporter = Supporter.objects.select_for_update().get(id=supporter.id)
    if supporter.accepted_at is None:
        supporter.accepted_at = at
        supporter.save(update_fields=["accepted_at"])
        record("reports.accept_confidence", actor=None, subject=supporter.report_id, at=at)
    return supporter
