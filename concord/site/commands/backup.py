"""Writes rows, media and the sealed environment key into one file, while Concord goes on serving.

The file opens nothing without two shares of the recovery key, yet it names people: keep it at
most 35 days, for an erasure is complete only when the last backup that holds it is gone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from concord.site.commands import CannotGoOn, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where to; never overwritten")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from django.utils import timezone

    from concord.site.archive import KEPT_FOR
    from concord.site.backup import backup
    from concord.vault.environment import EnvironmentKeyMissing

    at = timezone.now()
    try:
        path = backup(options.file, at=at)
    except EnvironmentKeyMissing as error:
        raise CannotGoOn(f"{error} Without it a backup could not be opened again.") from error
    print(f"Written: {path} ({path.stat().st_size:,} bytes). Erase it by {at + KEPT_FOR:%d %B %Y}.")
    return 0
