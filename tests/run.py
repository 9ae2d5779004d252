"""bin/test: every test on SQLite, those that touch the database again on PostgreSQL, then the sabotages.

It ends with what was skipped, in capitals, and with pytest's own summary line of each round.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgresql, sabotaging

CHECKOUT = Path(__file__).resolve().parent.parent
SUMMARY = re.compile(r"(\d+ (passed|failed|error|skipped|deselected)|no tests ran).* in [\d.]+s")
NOTHING_COLLECTED = 5


@dataclass
class Round:
    """One run of pytest: what it is called, how it ended, its summary line, and what it skipped."""

    name: str
    status: int = 0
    summary: str = "did not get to its summary"
    skipped: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.status in (0, NOTHING_COLLECTED)


def main() -> int:
    options, rest = _parse()
    if options.nightly:
        os.environ["CONCORD_NIGHTLY"] = "1"
    os.environ["CONCORD_RECORD"] = "1"
    if options.sabotage:
        return 0 if sabotaging.run_all(with_browser=True) else 1

    narrowed = bool(options.k or rest)
    rounds = [*_rounds(options, _pytest_arguments(options, rest))]
    noticed = options.fast or narrowed or sabotaging.run_all(with_browser=False)
    _tell(rounds, noticed=noticed, fast=options.fast, narrowed=narrowed)
    return 0 if noticed and all(each.ok for each in rounds) else 1


def _parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Runs every test: on SQLite, again on PostgreSQL, in a browser, and sabotaged. "
        "Other arguments (a file, -x, …) go to pytest and leave the sabotages out.",
    )
    parser.add_argument("--fast", action="store_true", help="SQLite only; no browser, no sabotage")
    parser.add_argument(
        "--sabotage", action="store_true", help="only the sabotages, the browser's included"
    )
    parser.add_argument(
        "--nightly", action="store_true", help="full-size property runs; takes hours, not minutes"
    )
    parser.add_argument(
        "-k", metavar="EXPRESSION", help="only tests whose name matches, as in pytest"
    )
    return parser.parse_known_args()


def _pytest_arguments(options: argparse.Namespace, rest: list[str]) -> list[str]:
    return [*(["-k", options.k] if options.k else []), *rest]


def _rounds(options: argparse.Namespace, arguments: list[str]) -> Iterator[Round]:
    with _without("DATABASE_URL"):
        yield _pytest("SQLite", [*arguments, *(["--no-browser"] if options.fast else [])])
    if not options.fast:
        yield _on_postgresql(["--database-only", "--no-browser", *arguments])


def _on_postgresql(arguments: list[str]) -> Round:
    try:
        with postgresql.running() as url:
            return _pytest("PostgreSQL", arguments, DATABASE_URL=url)
    except postgresql.NotToBeHad as reason:
        return Round("PostgreSQL", summary="did not run", skipped=[str(reason)])


@contextmanager
def _without(name: str) -> Iterator[None]:
    kept = os.environ.pop(name, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[name] = kept


def _pytest(name: str, arguments: list[str], **environment: str) -> Round:
    """Run pytest in a process of its own, showing its lines as they come."""
    print(f"\n== {name}", flush=True)
    found = Round(name)
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    with tempfile.TemporaryDirectory(prefix="concord-tests-") as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-rs", *colour, *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **environment, "CONCORD_TEST_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in process.stdout or ():
            print(line, end="", flush=True)
            bare = re.sub(r"\x1b\[[\d;]*m", "", line).strip()
            if bare.startswith("SKIPPED"):
                found.skipped.append(bare.removeprefix("SKIPPED "))
            elif SUMMARY.search(bare):
                found.summary = bare
        found.status = process.wait()
    return found


def _tell(rounds: list[Round], *, noticed: bool, fast: bool, narrowed: bool) -> None:
    skipped = [f"{each.name.upper()}: {line.upper()}" for each in rounds for line in each.skipped]
    if fast:
        skipped.append("POSTGRESQL, THE BROWSER AND THE SABOTAGES (--FAST)")
    elif narrowed:
        skipped.append("THE SABOTAGES (ONLY SOME TESTS WERE ASKED FOR)")
    print()
    for line in skipped:
        print(f"SKIPPED: {line}")
    if not noticed:
        print("SABOTAGE: SOME WENT UNNOTICED; SEE ABOVE")
    for each in rounds:
        print(f"{each.name}: {each.summary}")


if __name__ == "__main__":
    sys.exit(main())
