"""bin/test: every test on SQLite, those that touch the database again on PostgreSQL, and the sabotages.

On PostgreSQL every story runs each time, and of the rooms' own tests a sixth: which one, the source itself says, so
that the same source asks the same and the next one mostly the other. `--whole` and a night leave nothing out.

Three things run at a time, for each waits a good deal, for a process or for the disk: PostgreSQL, which takes longest;
the stories on SQLite; those told in a browser, and then the rooms' own tests. The sabotages fill up what is free.
Each round is shown whole. It ends with what was skipped, in capitals, and with pytest's own summary line of each round.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from tests import postgresql, sabotaging

CHECKOUT = Path(__file__).resolve().parent.parent
SUMMARY = re.compile(r"(\d+ (passed|failed|error|skipped|deselected)|no tests ran).* in [\d.]+s")
NOTHING_COLLECTED = 5
AT_ONCE = 3


@dataclass
class Round:
    """One run of pytest: what it is called, how it ended, its summary line, and what it skipped.

    `lines` holds what it printed and nobody has been shown yet; None ends them.
    """

    name: str
    status: int = 1
    summary: str = "did not get to its summary"
    skipped: list[str] = field(default_factory=list)
    lines: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    @property
    def ok(self) -> bool:
        return self.status in (0, NOTHING_COLLECTED)

    def show(self) -> None:
        """Print what it prints, as it comes, until it ends."""
        print(f"\n== {self.name}", flush=True)
        while (line := self.lines.get()) is not None:
            print(line, end="", flush=True)


def main() -> int:
    options, rest = _parse()
    if options.nightly:
        os.environ["CONCORD_NIGHTLY"] = "1"
    os.environ["CONCORD_RECORD"] = "1"
    _compile_once()
    if options.sabotage:
        return 0 if sabotaging.run_all(with_browser=True) else 1

    narrowed = bool(options.k or rest)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rounds = _begin(pool, options, _pytest_arguments(options, rest))
        broken = None if options.fast or narrowed else sabotaging.begin(pool, with_browser=False)
        for each, ended in rounds:
            each.show()
            ended.result()
        noticed = broken is None or sabotaging.finish(broken)
    in_part = not (options.whole or options.nightly or options.fast or narrowed)
    _tell(
        [each for each, _ in rounds],
        noticed=noticed,
        fast=options.fast,
        narrowed=narrowed,
        in_part=in_part,
    )
    return 0 if noticed and all(each.ok for each, _ in rounds) else 1


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
        "--whole", action="store_true", help="on PostgreSQL, too, every test of every room"
    )
    parser.add_argument(
        "-k", metavar="EXPRESSION", help="only tests whose name matches, as in pytest"
    )
    return parser.parse_known_args()


def _compile_once() -> None:
    """Let the many processes of a run share compiled modules, also where none are kept beside the source."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(CHECKOUT / ".venv" / ".pycache"))


def _pytest_arguments(options: argparse.Namespace, rest: list[str]) -> list[str]:
    return [*(["-k", options.k] if options.k else []), *rest]


Asked = tuple[str, Callable[[Round, list[str]], None], list[str]]
"""A round's name, what runs it, and its own arguments to pytest."""


def _begin(
    pool: Executor, options: argparse.Namespace, arguments: list[str]
) -> list[tuple[Round, Future[None]]]:
    """Start the rounds, the longest first; where only some tests were asked for, SQLite is one."""
    sixth = [] if options.whole or options.nightly or arguments else ["--sixth"]
    others: list[Asked] = [
        ("PostgreSQL", _on_postgresql, ["--database-only", "--no-browser", *sixth]),
        ("SQLite, in a browser", _on_sqlite, ["--browser-only"]),
    ]
    alone: list[Asked] = [("SQLite", _on_sqlite, ["--no-browser"])]
    if not arguments:
        alone = [
            ("SQLite, the stories", _on_sqlite, ["--no-browser", "tests"]),
            ("SQLite, the rooms' own", _on_sqlite, ["--no-browser", "concord"]),
        ]
    asked = alone if options.fast else [others[0], alone[0], others[1], *alone[1:]]
    rounds = []
    for name, runs, own in asked:
        each = Round(name)
        rounds.append((each, pool.submit(_to_its_end, each, runs, [*own, *arguments])))
    return rounds


def _to_its_end(
    each: Round, runs: Callable[[Round, list[str]], None], arguments: list[str]
) -> None:
    try:
        runs(each, arguments)
    finally:
        each.lines.put(None)


def _on_sqlite(each: Round, arguments: list[str]) -> None:
    _pytest(each, arguments)


def _on_postgresql(each: Round, arguments: list[str]) -> None:
    try:
        with postgresql.running() as url:
            _pytest(each, arguments, DATABASE_URL=url)
    except postgresql.NotToBeHad as reason:
        each.status, each.summary = 0, "did not run"
        each.skipped.append(str(reason))


def _pytest(each: Round, arguments: list[str], **environment: str) -> None:
    """Run pytest in a process of its own, keeping its lines for whoever shows them."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with tempfile.TemporaryDirectory(prefix="concord-tests-") as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-rs", *colour, *arguments],
            cwd=CHECKOUT,
            env={**kept, **environment, "CONCORD_TEST_HOME": home},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in process.stdout or ():
            each.lines.put(line)
            bare = re.sub(r"\x1b\[[\d;]*m", "", line).strip()
            if bare.startswith("SKIPPED"):
                each.skipped.append(bare.removeprefix("SKIPPED "))
            elif SUMMARY.search(bare):
                each.summary = bare
        each.status = process.wait()


def _tell(rounds: list[Round], *, noticed: bool, fast: bool, narrowed: bool, in_part: bool) -> None:
    skipped = [f"{each.name.upper()}: {line.upper()}" for each in rounds for line in each.skipped]
    if fast:
        skipped.append("POSTGRESQL, THE BROWSER AND THE SABOTAGES (--FAST)")
    elif narrowed:
        skipped.append("THE SABOTAGES (ONLY SOME TESTS WERE ASKED FOR)")
    if in_part:
        skipped.append("POSTGRESQL: ONE SIXTH OF THE ROOMS' OWN TESTS (--WHOLE RUNS ALL)")
    print()
    for line in skipped:
        print(f"SKIPPED: {line}")
    if not noticed:
        print("SABOTAGE: SOME WENT UNNOTICED; SEE ABOVE")
    for each in rounds:
        print(f"{each.name}: {each.summary}")


if __name__ == "__main__":
    sys.exit(main())
