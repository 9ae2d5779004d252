"""Runs what waits in the outbox: letters, steps on other platforms, clocks. As many as you like.

Needs PostgreSQL: on SQLite there is exactly one process, and `concord serve` runs the jobs in it.
"""

from __future__ import annotations

import argparse
import signal
from threading import Event
from types import FrameType

from concord.site.commands import CannotGoOn, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(options: argparse.Namespace) -> int:
    set_up_django()
    from django.db import connection

    from concord.outbox import wake
    from concord.outbox.worker import Worker
    from concord.site.checking import refuse_unless_ready

    if connection.vendor == "sqlite":
        raise CannotGoOn("on SQLite the jobs run inside `concord serve`; `work` needs PostgreSQL")
    refuse_unless_ready()
    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        wake.wake()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    Worker(stop).run()
    return 0
