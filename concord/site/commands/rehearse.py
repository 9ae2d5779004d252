"""Plays the main job over real HTTP and real streams, on a temporary server of its own.

Every promise is checked on the way and a timeline printed; exit status 1 if any promise breaks.
"""

from __future__ import annotations

import argparse

from concord.site.commands import part


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object instead of a timeline")


def run(options: argparse.Namespace) -> int:
    return int(part("concord.site.rehearse", "rehearse")(json=options.json) or 0)
