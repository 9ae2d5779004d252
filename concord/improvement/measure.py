"""measure: how long people took in a drill, read off what they did in its database; who they were is not kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import Max, Min

from concord.concurrence.models import Asked, Concurrence, Version, Warrant
from concord.convenings.at_the_door import Drill as AtTheDoor
from concord.convenings.at_the_door import lends_drill
from concord.improvement import apart
from concord.improvement.models import Drill, DrillRecord
from concord.ledger.readings import first_of

LOOKS = ("monitoring.read", "monitoring.judge")
SHOWN = 12


class Measured(NamedTuple):
    """Seconds from the beginning; None for what did not happen."""

    people_asked: int
    looked: int | None
    proposed: int | None
    agreed: int | None
    verified: int | None


def measure(drill: Drill) -> Measured:
    """As it stands now."""
    with apart.inside(drill.id):
        agreed = Concurrence.objects.filter(voided_at__isnull=True, execution__isnull=False)
        moments = (
            first_of(LOOKS, since=drill.began_at),
            Version.objects.aggregate(at=Min("submitted_at"))["at"],
            agreed.aggregate(at=Min("concurred_at"))["at"],
            _verified_at(),
        )
        asked = Asked.objects.values("person").distinct().count()
    return Measured(asked, *(_seconds(moment, drill) for moment in moments))


def medians(records: Iterable[DrillRecord]) -> dict[str, int | None]:
    """The median of each number, over the drills in which it happened."""
    kept = list(records)
    found: dict[str, int | None] = {}
    for name in ("looked", "proposed", "agreed", "verified"):
        values = [value for one in kept if (value := getattr(one, name)) is not None]
        found[name] = round(median(values)) if values else None
    return found


@lends_drill
def newest(at: datetime) -> AtTheDoor | None:
    """What people see at the door: the newest one, also where nobody agreed in it; an older one would say too much."""
    held = DrillRecord.objects.filter(held_on__lte=at.date()).first()
    if held is None:
        return None
    on: date = held.held_on
    return AtTheDoor(on, None if held.agreed is None else timedelta(seconds=held.agreed))


def _verified_at() -> datetime | None:
    """When the last step of the first execution was; None while one is not."""
    steps = Warrant.objects.all()
    if not steps.exists() or steps.filter(verified_at__isnull=True).exists():
        return None
    at: datetime | None = steps.aggregate(at=Max("verified_at"))["at"]
    return at


def _seconds(moment: datetime | None, drill: Drill) -> int | None:
    return None if moment is None else max(0, round((moment - drill.began_at).total_seconds()))
