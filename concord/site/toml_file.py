"""What somebody writes by hand as TOML, read strictly: whatever is not understood is said in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class NotUnderstood(ValueError):
    """The file says something that is not part of it, or leaves something out; the message says what."""


def read_table(file: Path) -> dict[str, Any]:
    """The whole file. Raises NotUnderstood, OSError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"{file}: {error}") from error


def check_table(
    told: Mapping[str, Any],
    known: Mapping[str, type],
    *,
    where: str,
    whose: str,
    kinds: Mapping[type, str],
) -> None:
    """Raise NotUnderstood unless the table has all that is known, each of its kind, and nothing else.

    `whose`: what has these things ("a policy"); `kinds`: how each kind is called.
    """
    for name in told:
        if name not in known:
            raise NotUnderstood(f"{name} in {where} is nothing that {whose} has")
    for name, kind in known.items():
        if name not in told:
            raise NotUnderstood(f"{name} of {where} is missing")
        if type(told[name]) is not kind:
            raise NotUnderstood(f"{name} of {where} should be {kinds[kind]}")
