"""What a person answers to a machine's flag counts for each rule that raised it, at this event."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from django.dispatch import receiver

from concord.monitoring.models import Flag, Sighting
from concord.monitoring.signals import judged
from concord.monitoring.tallies import count_dismissed


@receiver(judged, dispatch_uid="monitoring.hear_judgements")
def count_dismissals(flag: Flag, at: datetime, **kwargs: Any) -> None:
    """A rule whose items need no action again and again is shown as such; it is never switched off by itself."""
    if not flag.by_machine or flag.credible:
        return
    seen = Sighting.objects.filter(flag=flag).values_list("rules", flat=True)
    count_dismissed(flag.room.convening_id, chain.from_iterable(seen), at=at)
