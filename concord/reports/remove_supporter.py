"""remove_supporter: from this moment the support person's code opens nothing (I-SUPPORT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.reports.models import Report, Supporter


@transaction.atomic
def remove_supporter(report: Report, *, at: datetime) -> None:
    """Take their box away with all that was shared in it, also from a page that is open. Twice is once."""
    for there in Supporter.objects.filter(report=report):
        for box in Box.objects.filter(id=there.box):
            purge(box, by=None, at=at)
        there.delete()
        record("reports.remove_supporter", actor=None, subject=report.id, at=at)
