"""deliver: carry one letter out, then erase what it said."""

from __future__ import annotations

import json
from datetime import datetime

from concord.letters.models import Letter
from concord.letters.registry import transport
from concord.outbox.models import Job
from concord.outbox.registry import handles
from concord.vault import environment


@handles("letters.deliver")
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
