"""The demo's throw-away home: a folder made by this very process, the only one in which seats exist."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OF_AN_INSTALL = ("CONCORD_DATA", "CONCORD_KEY_FILE", "DATABASE_URL", "REDIS_URL")
"""Settings that point at data which is not ours to play with."""

_made: list[Path] = []


class NotThrowAway(ImproperlyConfigured):
    """The demo was pointed at data that it did not make itself."""


def make() -> Path:
    """The home of this process, made on the first call and removed when the process ends.

    Raises NotThrowAway when the environment names an install's own data, key or database.
    """
    named = [name for name in OF_AN_INSTALL if os.environ.get(name)]
    if named:
        raise NotThrowAway(
            f"the demo makes a throw-away folder of its own and touches no other: unset {', '.join(named)}"
        )
    if not _made:
        home = Path(tempfile.mkdtemp(prefix="concord-demo-"))
        _made.append(home)
        atexit.register(_remove, home, os.getpid())
    return _made[0]


def must_be_own(folder: Path) -> None:
    """Raise NotThrowAway unless this process made the folder, for this demo."""
    if not _made or _made[0] not in Path(folder).resolve().parents:
        raise NotThrowAway("seats exist in the demo only, in the folder that it made for itself")


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)
