"""Which clauses of the policy are kept at this moment, by which rooms, verbs and stories.

A clause is kept when a story that exercises it passes and its sabotage is noticed, both in a run of
bin/test over exactly this source. Without such a run nothing is said to be kept. Where a verb that it needs is still
to be written, it is kept in part, and the verb is named.
"""

from __future__ import annotations

import argparse
import json
import sys

from concord.site.clauses import page
from concord.site.clauses.catalogue import (
    catalogue,
    sabotages,
    still_to_be_written,
    stories,
    stories_of,
)
from concord.site.clauses.record import NoRecord, Record, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--json",
        action="store_true",
        help='{"total": 77, "kept": n, "open": [ids], "in_part": [ids]}',
    )
    choice.add_argument("--write", action="store_true", help="write docs/clauses.md afresh")


def run(options: argparse.Namespace) -> int:
    if options.write:
        page.write()
        print(f"written: {page.PAGE}")
        return 0
    try:
        record, reason = read(), None
    except NoRecord as none:
        record, reason = Record(), none
    if options.json:
        print(json.dumps(_state(record)))
    elif reason is None:
        _tell(record)
    else:
        _tell_what_is_ready()
    if reason is not None:
        print(f"Nothing is counted as kept: {reason}.", file=sys.stderr)
    return 1 if reason is not None else 0


def _state(record: Record) -> dict[str, object]:
    kept = record.kept()
    return {
        "total": len(catalogue()),
        "kept": len(kept),
        "open": [clause.id for clause in catalogue() if clause.id not in kept],
        "in_part": [one.id for one in catalogue() if one.id in kept and still_to_be_written(one)],
    }


def _tell(record: Record) -> None:
    kept = record.kept()
    for clause in catalogue():
        missing = still_to_be_written(clause)
        state = "open" if clause.id not in kept else "in part" if missing else "kept"
        print(f"{state:7}  {clause.id}  {clause.says}")
        print(f"      {', '.join(clause.kept_by)}")
        if missing:
            print(f"      still to be written: {', '.join(missing)}")
        for story in stories_of(clause.id):
            print(f"      {story}: {'passes' if record.passes(story) else 'no passing run'}")
        if clause.id in record.sabotage:
            print(f"      sabotage: {record.sabotage[clause.id]}")
    in_part = sum(1 for one in catalogue() if one.id in kept and still_to_be_written(one))
    print(f"\n{len(kept)} of {len(catalogue())} clauses kept, {in_part} of them in part")


def _tell_what_is_ready() -> None:
    """Without a run nothing is known to be kept and nothing to be broken: only what a run would try."""
    told = {clause for clauses in stories().values() for clause in clauses}
    ready = [clause.id for clause in catalogue() if clause.id in told & sabotages()]
    print(
        "Which clauses are kept is counted from a test run over exactly this source.\n"
        f"{len(ready)} of {len(catalogue())} clauses have a story and a sabotage ready for one; "
        f"{len(catalogue()) - len(ready)} have not.\n"
        "docs/clauses.md lists for each clause its rooms, verbs and stories."
    )
