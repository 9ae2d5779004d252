"""Erase what is over its time, now instead of within the hour; or say what would go.

Counts and days for each kind of thing, never a name, a code or a word of what is in it. A case that is held stays;
so does whatever its people were not warned of a week before. What was erased is gone for good when the last
backup that holds it is gone.
"""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime

from django.utils import timezone

from concord.site.commands import set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    parser.add_argument("--json", action="store_true", help="one object instead of lines")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from concord.outbox.clocks import clocks

    at = timezone.now()
    found = {}
    for clock in clocks():
        found[clock.kind] = (str(clock.words), sorted(clock.due(at)))
        if not options.dry_run:
            clock.run(at=at)
    if options.json:
        print(json.dumps(_plain(found, at=at, dry_run=options.dry_run)))
        return 0
    for words, days in found.values():
        print(f"{len(days):>6}  {words}{_since(days)}")
    print(_end(sum(len(days) for _words, days in found.values()), dry_run=options.dry_run))
    return 0


def _since(days: list[date]) -> str:
    if not days:
        return ""
    return f", due {days[0]}" if days[0] == days[-1] else f", due {days[0]} to {days[-1]}"


def _end(count: int, *, dry_run: bool) -> str:
    if count == 0:
        return "purge: nothing is over its time"
    return "purge: this would go; nothing was changed" if dry_run else "purge: this is gone"


def _plain(
    found: dict[str, tuple[str, list[date]]], *, at: datetime, dry_run: bool
) -> dict[str, object]:
    kinds = [
        {
            "kind": kind,
            "count": len(days),
            "first": str(days[0]) if days else None,
            "last": str(days[-1]) if days else None,
        }
        for kind, (_words, days) in found.items()
    ]
    return {"at": at.isoformat(), "dry_run": dry_run, "kinds": kinds}
