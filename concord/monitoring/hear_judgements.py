"""What a person answers to a machine's flag counts for each rule that raised it, at this event."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from concord.monitoring.models import Flag, RuleTally, Sighting
from concord.monitoring.signals import judged


@receiver(judged, dispatch_uid="monitoring.hear_judgements")
def count_dismissals(flag: Flag, **kwargs: Any) -> None:
    """A rule whose items need no action again and again is shown as such; it is never switched off by itself."""
    if not flag.by_machine or flag.credible:
        return
    for rules in Sighting.objects.filter(flag=flag).values_list("rules", flat=True):
        RuleTally.objects.filter(
            convening=flag.room.convening_id, rule__in=[rule[:120] for rule in rules]
        ).update(dismissed=F("dismissed") + 1)
