"""What a person answers to a machine's flag counts for each rule that raised it, at this event."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import F
from django.dispatch import receiver

from concord.monitoring.models import Flag, RuleTally, Sighting
from concord.monitoring.signals import judged


@receiver(judged, dispatch_uid="monitoring.hear_judgements")
def count_dismissals(flag: Flag, **kwargs: Any) -> None:
    """A rule whose items need no action again and again is shown as such; it is never switched off by itself.

    The rows are taken by name, one after the other, as by a post that is flagged at the same moment.
    """
    if not flag.by_machine or flag.credible:
        return
    seen = Sighting.objects.filter(flag=flag).values_list("rules", flat=True)
    for rule, times in sorted(Counter(rule[:120] for rules in seen for rule in rules).items()):
        tally = RuleTally.objects.filter(convening=flag.room.convening_id, rule=rule)
        tally.update(dismissed=F("dismissed") + times)
