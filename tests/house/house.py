"""What the checks of the house share: its rooms, in order, and its files."""

from __future__ import annotations

import configparser
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "concord"
JUST_BELOW_THE_WALL = "spaces"
TOP_OF_THE_GROUND = "live"


@cache
def order() -> tuple[str, ...]:
    """The rooms from the top of the house down, as .importlinter lists them."""
    contracts = configparser.ConfigParser()
    contracts.read(CHECKOUT / ".importlinter")
    layers = contracts["importlinter:contract:order"]["layers"].split()
    return tuple(layer.strip("()") for layer in layers)


def above_the_wall() -> frozenset[str]:
    return frozenset(order()[: order().index(JUST_BELOW_THE_WALL)])


def ground() -> frozenset[str]:
    return frozenset(order()[order().index(TOP_OF_THE_GROUND) :])


def rooms() -> list[Path]:
    return sorted(PACKAGE / room for room in order() if (PACKAGE / room / "__init__.py").exists())


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.*"))


def template_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return "/".join(parts[2:])


def sources(pattern: str = "**/*.py") -> Iterator[Path]:
    """Python files of the package that are not tests and not migrations."""
    for path in sorted(PACKAGE.glob(pattern)):
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts):
            yield path


def committed() -> list[Path]:
    """The files git keeps, or would keep; all of the package when there is no git here."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines()
    found = [CHECKOUT / name for name in names] if names else list(PACKAGE.rglob("*"))
    return [path for path in found if path.is_file()]
