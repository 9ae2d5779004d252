"""ask_for_notice: whoever reported asks to be told when something new is in their box, or no longer (I-CONTACT-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from concord.ledger.record import record
from concord.letterbox.session import Held
from concord.people.addresses import read_address
from concord.reports.hold_back import hold_back, is_held_back
from concord.reports.models import Report
from concord.reports.notice_wanted import NoticeWanted, notice_to_come, seal_wanted
from concord.reports.own_copy import read_copy, read_later


@transaction.atomic
def ask_for_notice(report: Report, address: str, *, held: Held, at: datetime) -> Report:
    """Keep this address for it; an empty one, or the wish to hear nothing, erases what was kept.

    Nothing new changes nothing. Behind a code that has not settled it is held back, and to the one that was kept
    nothing is sent meanwhile. Raises ValueError for what is no mail address.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    copy = read_copy(held)
    if copy is None:
        return report
    waits = is_held_back(report, at=at)
    stands = (read_later(held) if waits else None) or copy
    asks = bool(address.strip()) and stands.told.hear != "nothing"
    wanted = NoticeWanted(read_address(address), get_language() or "en") if asks else None
    if wanted == notice_to_come(report):
        return report
    if waits:
        return hold_back(report, held=held, notice=wanted, at=at)
    report.notice_sealed = seal_wanted(report, wanted) if wanted else None
    report.save(update_fields=["notice_sealed"])
    record("reports.ask_for_notice", actor=None, subject=report.id, at=at)
    return report
