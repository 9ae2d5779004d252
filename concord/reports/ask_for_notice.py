"""ask_for_notice: whoever reported asks to be told when something new is in their box, or no longer (I-CONTACT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from concord.ledger.record import record
from concord.letterbox.session import Held
from concord.people.addresses import read_address
from concord.reports.models import Report
from concord.reports.new_code import check_settled
from concord.reports.notice_wanted import NoticeWanted, notice_wanted, seal_wanted
from concord.reports.own_copy import read_copy


@transaction.atomic
def ask_for_notice(report: Report, address: str, *, held: Held, at: datetime) -> Report:
    """Keep this address for it; an empty one, or the wish to hear nothing, erases what was kept.

    Nothing new changes nothing. Raises ValueError for what is no mail address, and NewCodeWaits for
    another one; to erase the one that was kept waits for nothing.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    copy = read_copy(held)
    if copy is None:
        return report
    asks = bool(address.strip()) and copy.told.hear != "nothing"
    wanted = NoticeWanted(read_address(address), get_language() or "en") if asks else None
    before = notice_wanted(report)
    if wanted == before:
        return report
    if wanted is not None and (before is None or wanted.address != before.address):
        check_settled(report, at=at)
    report.notice_sealed = seal_wanted(report, wanted) if wanted else None
    report.save(update_fields=["notice_sealed"])
    record("reports.ask_for_notice", actor=None, subject=report.id, at=at)
    return report
