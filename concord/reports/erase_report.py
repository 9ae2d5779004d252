"""erase_report: a report goes for good: keys, rows, the files on disk, and what lies behind its code (4.9).

Which report goes, and when, its case or `forget_reports` decides. After this its code answers like one that
never was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.monitoring.models import SteppedBack
from concord.reports import blobs
from concord.reports.models import Question, Report, Supporter
from concord.reports.signals import erasing
from concord.vault import files


@transaction.atomic
def erase_report(report: Report, *, at: datetime) -> None:
    """Destroy its keys first, so that what a backup still holds is noise, then everything else. Twice is once.

    Announces `erasing` before anything is gone.
    """
    erasing.send(sender=Report, report=report, at=at)
    named = _blobs_of(report)
    questions = Question.objects.filter(report=report).values_list("file", flat=True)
    for file in [report.file, report.former_file, *questions]:
        if file is not None:
            files.destroy(file, by=None, at=at)
    boxes: Iterable[UUID | None] = [
        report.box,
        *Supporter.objects.filter(report=report).values_list("box", flat=True),
    ]
    for box in Box.objects.filter(id__in=[id for id in boxes if id]):
        purge(box, by=None, at=at)
    SteppedBack.objects.filter(subject=report.id).delete()
    report.delete()
    transaction.on_commit(partial(_erase_from_disk, named))
    record("reports.erase", actor=None, subject=report.id, at=at, files=len(named))


def _blobs_of(report: Report) -> list[str]:
    pairs = report.attachments.values_list("blob", "copy_blob")
    return [name for pair in pairs for name in pair if name]


def _erase_from_disk(names: list[str]) -> None:
    """After commit. Were the server to die first, `forget_uploads` erases what no row names any more."""
    for name in names:
        blobs.erase(name)
