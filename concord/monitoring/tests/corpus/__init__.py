"""Sentences written for the tests of screening: hostile ones by kind, and innocent ones that look like them.

They were written from what people say, not from the lists; `{G}` is a group, and every sentence is said of several.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr", "es", "ar")


def sentences(language: str, kind: str) -> Iterator[tuple[str, str]]:
    """`hostile` or `innocent` ones: each with the name of its category."""
    raw = tomllib.loads((HERE / f"{language}_{kind}.toml").read_text("utf-8"))
    said_of = list(zip(raw.pop("groups"), raw.pop("singles"), strict=True))
    for category, block in [*raw.pop("plain", {}).items(), *raw.items()]:
        for line in block.strip().splitlines():
            for group, single in said_of if "{" in line else said_of[:1]:
                yield category, line.replace("{G}", group).replace("{g}", single)
