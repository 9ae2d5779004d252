"""The machine's side of the queue: ranked, and no more at a time than somebody can look at with care.

A threat to somebody's life stands outside the budget. What is not put forward, or has no room on the page, is counted,
comes up or is one press away, and waits for a person as long as any flag does; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from concord.monitoring import items
from concord.monitoring.items import COUNTED
from concord.monitoring.models import Flag, FlagQuerySet, Sighting
from concord.monitoring.screening.found import URGENT_FROM
from concord.people.models import StaffMember
from concord.spaces.models import Post

HOUR = timedelta(hours=1)


class MachineQueue(NamedTuple):
    """The items put forward to somebody now, and how many more wait; of more than are counted, `COUNTED`.

    `pressing`: how many of those that wait are as pressing as what stands outside the budget; `lower`: how many not.
    """

    put_forward: list[Flag]
    waiting: int
    pressing: int = 0
    lower: int = 0

    @property
    def how_many(self) -> int:
        """What asks for a look now, whether or not there is room for it on the page."""
        return len(self.put_forward) + self.pressing


def machine_queue(
    staff: StaffMember, *, at: datetime, everything: bool = False, room: int | None = None
) -> MachineQueue:
    """What screening asks this person to look at, the highest rank first; with `everything`, whatever its rank.

    `room`: for how many items there is room on the page.
    """
    room = items.SHOWN if room is None else room
    mine = Flag.objects.visible_to(staff)
    unanswered = mine.awaiting_judgement().by_machine().select_related("room")
    total = unanswered[: COUNTED + 1].count()
    if everything or total == 0:
        shown = list(unanswered[:room])
        return MachineQueue(shown, COUNTED if total > COUNTED else total - len(shown))
    urgent = unanswered.filter(rank__gte=URGENT_FROM)
    first = list(urgent[:room])
    pressing = urgent[: COUNTED + room].count() - room if len(first) == room else 0
    left = max(0, settings.CONCORD_SCREEN_BUDGET - _answered_lately(mine, staff, at=at))
    lower = unanswered.filter(rank__lt=URGENT_FROM)
    others = list(lower[: min(left, room - len(first))])
    waiting = COUNTED if total > COUNTED else total - len(first) - len(others)
    behind = lower[: COUNTED + len(others)].count() - len(others)
    return MachineQueue([*first, *others], waiting, pressing, behind)


def seen_by_machine(staff: StaffMember, posts: Iterable[Post]) -> set[UUID]:
    """Those of these posts that screening asks this person about, whether there is room for their items or not.

    They stand covered among the others: nobody reads by chance what they may not want.
    """
    asked = Flag.objects.visible_to(staff).awaiting_judgement().by_machine().order_by()
    sightings = Sighting.objects.filter(post__in=list(posts), flag__in=asked)
    return set(sightings.values_list("post", flat=True))


def _answered_lately(flags: FlagQuerySet, staff: StaffMember, *, at: datetime) -> int:
    answered = flags.filter(by_machine=True, judged_by=staff.person_id)
    return answered.filter(judged_at__gt=at - HOUR).count()
