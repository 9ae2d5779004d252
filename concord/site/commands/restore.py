"""Brings a backup back, into a new data folder or an empty database; it never overwrites anything.

Where the key file is lost as well, two shares of the recovery key bring it back: they are asked
for, or read from standard input, one a line. SQLite and PostgreSQL read each other's backups.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from concord.site.commands import CannotGoOn, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a file that `concord backup` wrote")


def run(options: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings
    from django.utils import timezone

    from concord.ledger.verify import verify
    from concord.refusals import Refused
    from concord.site.archive import NotABackup
    from concord.site.restore import AnotherKey, KeyNeeded, NotEmpty, restore
    from concord.vault.errors import Tampered

    shares = [] if settings.CONCORD_KEY_FILE.exists() else _ask_for_shares()
    try:
        manifest = restore(options.file, shares=shares, at=timezone.now())
    except (NotABackup, NotEmpty, KeyNeeded, AnotherKey) as error:
        raise CannotGoOn(str(error)) from error
    except Refused as refused:
        raise CannotGoOn(str(refused.words)) from refused  # not recorded: the ledger here is unused
    except Tampered as error:
        raise CannotGoOn("these shares belong to another recovery key") from error
    print(f"Restored: {sum(manifest['rows'].values()):,} rows, as of {manifest['made_at']}.")
    if datetime.fromisoformat(manifest["keep_until"]) < timezone.now():
        print(
            "This backup is older than backups may get. What was erased since then is back: erase it."
        )
    if not verify().whole:
        print("THE LEDGER'S CHAIN IS BROKEN: run `concord ledger verify`.")
        return 1
    print("The ledger's chain holds. Run `concord migrate`, then `concord check`.")
    return 0


def _ask_for_shares() -> list[str]:
    if sys.stdin.isatty():
        print("The key file is not here. Type two shares of the recovery key to bring it back.")
        return [input(f"  share {number}: ") for number in (1, 2)]
    return [line.strip() for line in sys.stdin if line.strip()]
