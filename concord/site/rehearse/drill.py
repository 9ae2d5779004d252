"""The drill of the machine: a raid of many logins, one decision, and a night with one person awake.

By day everything goes over real HTTP, pages, streams and letters, and the seconds are the machine's own. By night the
clock is handed to the product's verbs, so that ten minutes pass at once. People are simulated: their delays are in
`drill_people`, printed with the result, added to nothing that is measured.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from concord.site.commands import set_up_django
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.timeline import Timeline


@dataclass(frozen=True)
class Measured:
    """Something that the machine did, how long it took, and how long it may take; None where nothing is promised."""

    what: str
    seconds: float
    limit: float | None = None

    @property
    def met(self) -> bool:
        return self.limit is None or self.seconds <= self.limit


class DrillTimeline(Timeline):
    """Keeps beside the stages what the machine took."""

    def __init__(self, tell: Any) -> None:
        super().__init__(tell)
        self.machine: list[Measured] = []

    def measured(self, what: str, seconds: float, *, limit: float | None = None) -> None:
        """Keep it and say it. A slow machine is told so beside the number; it breaks no promise about people."""
        self.machine.append(Measured(what, round(seconds, 3), limit))
        self.note(f"{what}: {seconds:.3f} s")

    def to_json(self) -> dict[str, Any]:
        from concord.site.rehearse.drill_people import CITY, DELAYS, UNTIL_AGREED

        people = [{**asdict(delay), "in": CITY[delay.who]} for delay in DELAYS]
        machine = [asdict(one) | {"met": one.met} for one in self.machine]
        return super().to_json() | {
            "people": people,
            "people_until_agreed_s": UNTIL_AGREED,
            "machine": machine,
        }


def play_drill(timeline: DrillTimeline) -> DrillTimeline:
    """Play every scene until one breaks. The server and its folder are gone afterwards."""
    server = OwnServer()
    try:
        with suppress(Exception):  # the timeline has kept it, with its words
            _play(timeline, server)
    finally:
        server.remove()
    return timeline


def _play(timeline: DrillTimeline, server: OwnServer) -> None:
    with timeline.stage("a team on three continents and an event are set up"):
        set_up_django()
        from concord.site.rehearse import by_night
        from concord.site.rehearse.by_day import DAY, set_the_day

        world = set_the_day(server, timeline)
    for name, scene in DAY:
        with timeline.stage(name):
            scene(world)
    server.kill()
    began = time.monotonic()
    night = by_night.set_the_night(world)
    for name, act in by_night.NIGHT:
        with timeline.stage(name):
            act(night)
    timeline.measured("the whole night, in machine time", time.monotonic() - began)


def table(timeline: DrillTimeline) -> str:
    """Both halves of the result, for people."""
    from concord.site.rehearse.drill_people import CITY, DELAYS, UNTIL_AGREED

    lines = ["", "People, simulated: these delays are fixed, and nothing was learned about them"]
    lines += [f"{d.seconds:9} s  {d.who} ({CITY[d.who]}) {d.does}" for d in DELAYS]
    lines += [f"{UNTIL_AGREED:9} s  in all, until a second person agreed", ""]
    lines += ["The machine, measured"]
    lines += [f"{one.seconds:9.3f} s  {one.what}{_limit(one)}" for one in timeline.machine]
    return "\n".join(lines)


def _limit(one: Measured) -> str:
    if one.limit is None:
        return ""
    return f"  (at most {one.limit:g} s{'' if one.met else ': MISSED'})"
