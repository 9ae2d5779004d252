"""deliver: carry one letter out, then erase what it said."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from concord.letters.models import Letter
from concord.letters.registry import transport
from concord.outbox.models import Job
from concord.outbox.registry import every, handles
from concord.vault import environment

KEPT = timedelta(days=3)


@handles("letters.deliver", stranger=True)
def deliver(job: Job, *, at: datetime) -> None:
    """Open the letter with the delivery key, hand it to the transport, erase it. Twice does nothing more."""
    letter = Letter.objects.filter(id=job.about, sent_at__isnull=True).first()
    if letter is None or letter.sealed is None:
        return
    contents = json.loads(
        environment.unseal("delivery", bytes(letter.sealed), about=f"letter:{letter.id}")
    )
    transport()(**contents)
    Letter.objects.filter(id=letter.id).update(sent_at=at, sealed=None)


@every("letters.forget", seconds=3600)
def forget(job: Job, *, at: datetime) -> None:
    """Erase what nothing could carry out in three days; its job is shown to staff as given up."""
    Letter.objects.filter(left_at__lt=at - KEPT, sealed__isnull=False).update(sealed=None)
