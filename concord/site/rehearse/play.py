"""play: all scenes in their order, on a server of their own, whatever comes."""

from __future__ import annotations

from concord.site.commands import set_up_django
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.timeline import Broken, Timeline


def play(timeline: Timeline) -> Timeline:
    """Play every scene until one breaks. The server and its folder are gone afterwards."""
    server = OwnServer()
    try:
        set_up_django()
        from concord.site.rehearse.scenes import SCENES, set_the_stage

        with timeline.stage("a host, a team and an event are set up, and the server answers"):
            world = set_the_stage(server, timeline)
        for name, scene in SCENES:
            with timeline.stage(name):
                scene(world)
    except (Broken, ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
        pass  # the timeline has it, with its words
    finally:
        server.remove()
    return timeline
