"""play: all scenes in their order, on a server of their own, whatever comes."""

from __future__ import annotations

from contextlib import suppress

from concord.site.commands import set_up_django
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.timeline import Timeline


def play(timeline: Timeline) -> Timeline:
    """Play every scene until one breaks. The server and its folder are gone afterwards."""
    server = OwnServer()
    try:
        with suppress(Exception):  # the timeline has kept it, with its words
            _play(timeline, server)
    finally:
        server.remove()
    return timeline


def _play(timeline: Timeline, server: OwnServer) -> None:
    with timeline.stage("a host, a team and an event are set up, and the server answers"):
        set_up_django()
        from concord.site.rehearse.scenes import SCENES, set_the_stage

        world = set_the_stage(server, timeline)
    for name, scene in SCENES:
        with timeline.stage(name):
            scene(world)
