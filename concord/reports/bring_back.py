"""bring_back: a report that was set aside waits again, because somebody without a part in that found it wrong (4.8)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.reports.models import Report, SettingAside, State
from concord.vault import files


@transaction.atomic
def bring_back(report: Report, *, by: UUID, at: datetime) -> Report:
    """It stands among those that were answered and wait for a case. One that was never set aside stays where it is.

    Whoever set it aside stays in the ledger.
    """
    report = Report.objects.select_for_update().get(id=report.id)
    if report.state != State.SET_ASIDE:
        return report
    SettingAside.objects.filter(report=report).delete()
    report.state = State.ACKNOWLEDGED
    report.save(update_fields=["state"])
    record("reports.bring_back", actor=by, subject=report.id, at=at)
    readers = files.readers(report.file)
    tell_desks(readers, "report", report.id)
    ring(readers, at=at)
    return report
