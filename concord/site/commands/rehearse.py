"""Plays the main job over real HTTP and real streams, on a temporary server of its own.

Every promise is checked on the way and a timeline printed; exit status 1 if any promise breaks. With `--drill` it plays
a raid instead, with simulated staff on three continents: their delays are fixed, and what is measured is the machine.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object instead of a timeline")
    parser.add_argument(
        "--drill", action="store_true", help="a raid, and a night with one person awake"
    )


def run(options: argparse.Namespace) -> int:
    from concord.site.rehearse.drill import DrillTimeline, play_drill, table
    from concord.site.rehearse.play import play
    from concord.site.rehearse.timeline import Stage, Timeline

    def tell(stage: Stage) -> None:
        if not options.json:
            mark = "  kept" if stage.ok else "BROKEN"
            words = f"\n                   {stage.words}" if stage.words else ""
            print(f"{stage.at_ms / 1000:8.2f} s  {mark}  {stage.name}{words}", flush=True)

    # An ordinary end, so that the server and its folder go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    timeline: Timeline
    if getattr(options, "drill", False):
        timeline = play_drill(DrillTimeline(tell))
    else:
        timeline = play(Timeline(tell))
    if options.json:
        print(json.dumps(timeline.to_json()))
        for stage in timeline.stages:
            if not stage.ok:
                print(f"concord: {stage.name}: {stage.words}", file=sys.stderr)
    else:
        if isinstance(timeline, DrillTimeline):
            print(table(timeline))
        print("rehearse: every promise was kept" if timeline.ok else "rehearse: A PROMISE BROKE")
    return 0 if timeline.ok else 1
