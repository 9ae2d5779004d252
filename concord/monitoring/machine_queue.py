"""The machine's side of the queue: ranked, and no more at a time than somebody can look at with care.

A threat to somebody's life stands outside the budget. What is not put forward is counted, one press away, and waits
for a person as long as any flag does; nothing is dropped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from concord.monitoring.items import COUNTED
from concord.monitoring.models import Flag, FlagQuerySet
from concord.monitoring.screening.found import URGENT_FROM
from concord.people.models import StaffMember

HOUR = timedelta(hours=1)


class MachineQueue(NamedTuple):
    """The items put forward to somebody now, and how many more wait; of more than are counted, `COUNTED`."""

    put_forward: list[Flag]
    waiting: int


def machine_queue(staff: StaffMember, *, at: datetime, everything: bool = False) -> MachineQueue:
    """What screening asks this person to look at, the highest rank first; with `everything`, whatever its rank."""
    mine = Flag.objects.visible_to(staff)
    unanswered = mine.awaiting_judgement().by_machine().select_related("room")
    total = unanswered[: COUNTED + 1].count()
    if everything or total == 0:
        return MachineQueue(list(unanswered[:COUNTED]), COUNTED if total > COUNTED else 0)
    urgent = list(unanswered.filter(rank__gte=URGENT_FROM)[:COUNTED])
    left = max(0, settings.CONCORD_SCREEN_BUDGET - _answered_lately(mine, staff, at=at))
    others = list(unanswered.filter(rank__lt=URGENT_FROM)[:left])
    shown = len(urgent) + len(others)
    return MachineQueue([*urgent, *others], COUNTED if total > COUNTED else max(0, total - shown))


def _answered_lately(flags: FlagQuerySet, staff: StaffMember, *, at: datetime) -> int:
    answered = flags.filter(by_machine=True, judged_by=staff.person_id)
    return answered.filter(judged_at__gt=at - HOUR).count()
