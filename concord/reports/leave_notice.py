"""leave_notice: whoever asked for it is told that something new lies in their box, and nothing else (I-INFORM-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from concord.letterbox.models import Box
from concord.letters.send import send_template
from concord.outbox.leave import leave
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.reports.models import Report
from concord.reports.notice_wanted import notice_wanted

NOTICE = "reports.notice"
GATHERING = timedelta(minutes=15)
"""A letter waits this long for more of its kind, and so does not tell when somebody answered."""


def leave_notice(report: Report, *, at: datetime) -> Job | None:
    """Leave one, unless nobody asked, the box is gone, or one is waiting already. It carries the report's id alone."""
    if report.notice_sealed is None or not _has_box(report):
        return None
    key = f"{NOTICE}:{report.id}"
    return leave(NOTICE, subject=report.id, due_at=at + GATHERING, unique_key=key, at=at)


@handles(NOTICE)
def send_notice(job: Job, *, at: datetime) -> None:
    """Send it, if it is still wanted and there is still a box. Done in one transaction: a crash sends nothing twice."""
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(id=job.about).first()
        wanted = notice_wanted(report) if report else None
        if report and wanted and _has_box(report):
            send_template(NOTICE, to=wanted.address, context={}, language=wanted.language, at=at)
        Job.objects.filter(id=job.id).update(done_at=at)


def _has_box(report: Report) -> bool:
    return report.box is not None and Box.objects.filter(id=report.box).exists()
