"""Of what cases hold, what waits while people are together: a flag that needs action and that nobody took into one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from concord.cases.alarm_caseless import caseless
from concord.monitoring.alarm_unreviewed import NOW, by_room
from concord.monitoring.call_again import Waits, waits_live


@waits_live
def flags_in_no_case(at: datetime) -> Iterable[Waits]:
    """By the room, for it is looked at there; the readers of each are asked which case it belongs in."""
    return by_room(caseless().filter(NOW, alarmed_at__gte=F("judged_at")), what="caseless")
