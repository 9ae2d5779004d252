"""A live event to play with: choose a seat, cheat, see what happens. The event is thrown away at the end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from functools import partial
from pathlib import Path

from concord.site.commands import set_up_django

SETTINGS = "concord.site.demo.settings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--tempo",
        type=Path,
        metavar="FILE",
        help="a CSV with the columns day, time, person, text: real chat that the bystanders replay",
    )
    parser.add_argument("--reload", action="store_true", help="start again when the code changes")


def run(options: argparse.Namespace) -> int:
    if options.reload:
        from concord.site.demo.reload import keep_running

        return keep_running(port=options.port, tempo=options.tempo)
    # An ordinary end, so that the folder is removed: by default this signal drops everything.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ["CONCORD_DEMO_PORT"] = str(options.port)
    set_up_django()
    from concord.site.demo.run import run as run_demo

    run_demo(port=options.port, tempo=options.tempo, say=partial(print, flush=True))
    return 0
