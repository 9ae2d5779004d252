"""A live event to play with: choose a seat, cheat, see what happens. All is thrown away at the end."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from concord.site.commands import part


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--tempo",
        type=Path,
        metavar="FILE",
        help="a CSV of real chat, to set the bystanders' tempo",
    )
    parser.add_argument("--reload", action="store_true", help="start again when the code changes")


def run(options: argparse.Namespace) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "concord.site.demo_settings"
    demo = part("concord.site.demo", "demo")
    return int(demo(port=options.port, tempo=options.tempo, reload=options.reload) or 0)
