"""`concord ledger verify` recomputes the chain over all entries and names the first broken link."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from concord.site.commands import set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"])
    parser.add_argument("--json", action="store_true", help="one object instead of a line")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from concord.ledger.verify import verify

    found = verify()
    if options.json:
        print(json.dumps(asdict(found) | {"whole": found.whole}))
    elif found.whole:
        print(f"ledger: {found.links} links hold, {found.unchained} entries are not chained yet")
    else:
        print(f"ledger: BROKEN at link {found.broken_at}; the {found.links} before it hold")
    return 0 if found.whole else 1
