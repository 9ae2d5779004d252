"""Serves the pages and the live rooms until it is told to stop.

On SQLite one process does everything, the waiting jobs included. On PostgreSQL run as many as you
like, with --no-worker, beside `concord work`.
"""

from __future__ import annotations

import argparse

from concord.site.commands import CannotGoOn, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument(
        "--no-worker", action="store_true", help="leave the jobs to `concord work` (PostgreSQL)"
    )


def run(options: argparse.Namespace) -> int:
    set_up_django()
    from django.db import connection

    from concord.site.checking import refuse_unless_ready
    from concord.site.one_process import alone
    from concord.site.serving import serve

    if options.no_worker and connection.vendor == "sqlite":
        raise CannotGoOn("on SQLite one process does everything: leave out --no-worker")
    refuse_unless_ready()
    with alone():
        print(f"concord: serving on http://{options.host}:{options.port}", flush=True)
        serve(options.host, options.port, worker_thread=not options.no_worker)
    return 0
