"""forget_uploads: files whose form was never sent again, and bytes that nothing names any more, are erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports import blobs
from concord.reports.models import Attachment, Upload
from concord.reports.uploads import WAITS

GRACE = timedelta(minutes=10)
"""Beyond the hour: a form that was sent in its last second is still being received."""


def forget_uploads(*, at: datetime) -> int:
    """Erase what no form and no report holds. Returns how many files went. Twice is once."""
    with transaction.atomic():
        Upload.objects.filter(expires_at__lte=at - GRACE).delete()
    erased = 0
    for name in list(blobs.written_before(at - WAITS - GRACE)):
        if not _is_held(name):
            blobs.erase(name)
            erased += 1
    return erased


@every("reports.forget_uploads", seconds=300)
def forget_every_five_minutes(job: Job, *, at: datetime) -> None:
    """The clock of it."""
    forget_uploads(at=at)


def _is_held(name: str) -> bool:
    return (
        Upload.objects.filter(blob=name).exists()
        or Attachment.objects.filter(blob=name).exists()
        or Attachment.objects.filter(copy_blob=name).exists()
    )
