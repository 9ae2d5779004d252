"""Plans an event with its sessions and their guidelines from a TOML file, whole or not at all.

  concord plant examples/a-small-event.toml --on 2027-03-01

Nothing is opened by it: whoever leads finds the event at the desk under “Events”, and opens it there when
everything that it needs is in place.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from concord.site.commands import CannotGoOn, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="such as examples/a-small-event.toml")
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help="its first day; default: tomorrow"
    )


def run(options: argparse.Namespace) -> int:
    from concord.site.event_file import read_event
    from concord.site.toml_file import NotUnderstood

    try:
        event = read_event(options.file)
    except NotUnderstood as error:
        raise CannotGoOn(f"the event cannot be read: {error}") from error
    set_up_install()
    from django.utils import timezone

    from concord.site.planting import plant

    try:
        convening = plant(event, on=options.on, at=timezone.now())
    except ValueError as error:
        raise CannotGoOn(f"the event cannot be planned: {error}") from error
    many = len(event.sessions)
    print(
        f"Planned {convening.name} at /{convening.slug} with {many} session{'s'[: many != 1]}. "
        "Open it at the desk, on the page “Events”."
    )
    return 0
