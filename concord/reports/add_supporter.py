"""add_supporter: whoever reported brings somebody along, who gets a code of their own (I-SUPPORT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.issue import issue
from concord.refusals import Refused
from concord.reports.models import Report, Supporter


class SomebodyIsBesideYou(Refused):
    """There is one support person at a time: the code of another would be a second key that nobody counts."""

    words = _("Somebody is beside you already. Remove them first, then bring somebody else.")
    status = 409


@transaction.atomic
def add_supporter(report: Report, *, nonce: bytes, at: datetime) -> str:
    """The support person's code, shown once. It opens only what the reporter shares. Raises SomebodyIsBesideYou.

    The same form sent twice is the same person and code.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    there = Supporter.objects.filter(report=report).first()
    code, box = issue(nonce, purpose="support", at=at)
    if there is not None:
        if there.box != box.id:
            raise SomebodyIsBesideYou(subject=report.id)
        return code
    Supporter.objects.create(report=report, box=box.id, added_at=at)
    record("reports.add_supporter", actor=None, subject=report.id, at=at)
    return code
