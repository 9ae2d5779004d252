"""The settings file: one NAME=value a line, so that every command finds what set-up was told.

The environment wins over the file. Whoever sets CONCORD_DATA in the environment runs without the file,
unless CONCORD_SETTINGS names one: a test or a second install is never coloured by this machine's own.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "concord.env"


def path() -> Path | None:
    """Where the file lies, or would; None for an install that lives from its environment alone."""
    named = os.environ.get("CONCORD_SETTINGS")
    if named:
        return Path(named)
    return None if "CONCORD_DATA" in os.environ else DEFAULT


def load() -> None:
    """Put what the file says into the environment, where nothing else is said. Raises ValueError, OSError."""
    file = path()
    if file is None or not file.exists():
        return
    for name, value in read(file).items():
        if not os.environ.get(name):
            os.environ[name] = value


def keep(settings: Mapping[str, str]) -> Path | None:
    """Write settings into the file, beside those that are there; readable by its owner alone.

    Raises ValueError for a value of several lines.
    """
    file = path()
    if file is None or not settings:
        return None
    if any("\n" in value for value in settings.values()):
        raise ValueError("a setting is one line")
    kept = {**(read(file) if file.exists() else {}), **settings}
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in kept.items()]
    fresh.write_text("# Settings of Concord; see docs/running/install.md\n" + "".join(lines))
    fresh.replace(file)
    return file


def read(file: Path) -> dict[str, str]:
    """The settings in a file. Raises ValueError with the number of a line that is none."""
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        try:
            parts = shlex.split(value)
        except ValueError:
            parts = ["", ""]
        if not equals or not name.strip().isidentifier() or len(parts) > 1:
            raise ValueError(f"line {number} of {file} does not read NAME=value")
        found[name.strip()] = parts[0] if parts else ""
    return found
