"""sweep: forget readings whose twenty minutes are over."""

from __future__ import annotations

from datetime import datetime

from concord.letterbox.models import Reading
from concord.outbox.models import Job
from concord.outbox.registry import every


@every("letterbox.sweep", seconds=300)
def sweep(job: Job, *, at: datetime) -> None:
    """Delete sessions that have ended; safe to run at any time."""
    Reading.objects.filter(ends_at__lte=at).delete()
