"""Which clauses of the policy are kept at this moment, by which rooms, verbs and stories.

A clause is kept when a story that exercises it passes and its sabotage is noticed, both in a run of
bin/test over exactly this source. Without such a run nothing is said to be kept.
"""

from __future__ import annotations

import argparse
import json
import sys

from concord.site.clauses import page
from concord.site.clauses.catalogue import catalogue, stories_of
from concord.site.clauses.record import NoRecord, Record, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--json", action="store_true", help='{"total": 77, "kept": n, "open": [ids]}'
    )
    choice.add_argument("--write", action="store_true", help="write docs/clauses.md afresh")


def run(options: argparse.Namespace) -> int:
    if options.write:
        page.write()
        print(f"written: {page.PAGE}")
        return 0
    try:
        record, stale = read(), None
    except NoRecord as reason:
        record, stale = Record(), str(reason)
    if options.json:
        print(json.dumps(_state(record)))
    else:
        _tell(record)
    if stale:
        print(f"NOTHING IS COUNTED AS KEPT: {stale}", file=sys.stderr)
    return 1 if stale else 0


def _state(record: Record) -> dict[str, object]:
    kept = record.kept()
    return {
        "total": len(catalogue()),
        "kept": len(kept),
        "open": [clause.id for clause in catalogue() if clause.id not in kept],
    }


def _tell(record: Record) -> None:
    kept = record.kept()
    for clause in catalogue():
        print(f"{'kept' if clause.id in kept else 'open'}  {clause.id}  {clause.says}")
        print(f"      {', '.join(clause.kept_by)}")
        for story in stories_of(clause.id):
            print(f"      {story}: {'passes' if record.passes(story) else 'no passing run'}")
        if clause.id in record.sabotage:
            print(f"      sabotage: {record.sabotage[clause.id]}")
    print(f"\n{len(kept)} of {len(catalogue())} clauses kept")
