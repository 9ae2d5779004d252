"""Each clause is broken on purpose, and its story has to notice.

tests/sabotage/<CLAUSE>.py holds `STORY`, the story's node id, and `break_it(monkeypatch)`, a break of one
line. The story runs broken, in a process of its own (`tests.breaking`), and must fail by one of its own assertions:
passing means that the clause is not truly tested, any other error that the break is a bad one.
"""

from __future__ import annotations

import ast
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from concord.site.clauses import record
from concord.site.clauses.catalogue import CHECKOUT, sabotages

AT_ONCE = 2
PATIENCE = 300  # seconds for one story; far more than any takes
MAKE_DATABASE = (
    "import django; django.setup(); from django.db import connection; "
    "connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)"
)


@dataclass
class Run:
    """Sabotages under way: what each clause comes to, and the source they were begun on."""

    outcomes: dict[str, Future[tuple[str, str]]]
    tree: str
    breakers: Breakers


def run_all(*, with_browser: bool) -> bool:
    """Try every sabotage, two at a time; add the outcomes to the record. True when all were noticed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return finish(begin(pool, with_browser=with_browser))


def begin(pool: Executor, *, with_browser: bool) -> Run:
    """Hand every sabotage to the pool, behind what it has to do already."""
    clauses = [each for each in sorted(sabotages()) if with_browser or not needs_browser(each)]
    breakers = Breakers()
    outcomes = {clause: pool.submit(_try, breakers, clause) for clause in clauses}
    return Run(outcomes, record.tree_hash(), breakers)


def finish(run: Run) -> bool:
    """Tell how each came out as it does; add them to the record. True when all were noticed."""
    print(f"\n== sabotage: {len(run.outcomes)} clauses broken one by one", flush=True)
    outcomes = {}
    for clause, future in run.outcomes.items():
        outcome, told = future.result()
        outcomes[clause] = outcome
        said = outcome if outcome == record.NOTICED else outcome.upper()
        print(f"{clause}: {said}\n{told}".rstrip(), flush=True)
    run.breakers.end()
    if not outcomes:
        return True
    if record.tree_hash() == run.tree:
        record.merge(run.tree, sabotage=outcomes)
    else:
        print("NOT RECORDED: THE SOURCE CHANGED DURING THE RUN")
    noticed = sum(outcome == record.NOTICED for outcome in outcomes.values())
    print(f"sabotage: {noticed} of {len(outcomes)} noticed", flush=True)
    return noticed == len(outcomes)


def story_of(clause: str) -> str:
    """The story that must notice, read from the sabotage's own file."""
    tree = ast.parse((CHECKOUT / "tests" / "sabotage" / f"{clause}.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "STORY":
            return str(ast.literal_eval(node.value))
    raise LookupError(f"tests/sabotage/{clause}.py names no STORY")


def needs_browser(clause: str) -> bool:
    file = CHECKOUT / story_of(clause).split("::")[0]
    return file.exists() and "pytest.mark.browser" in file.read_text()


class Breakers:
    """Processes that break one clause after another, each with a home and a database of its own, made when needed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="concord-sabotage-")
        self._template = Path(self._folder.name, "template")
        self._idle: list[Breaker] = []
        self._all: list[Breaker] = []
        self._one_at_a_time = Lock()

    @contextmanager
    def one(self) -> Iterator[Breaker]:
        with self._one_at_a_time:
            breaker = self._idle.pop() if self._idle else self._another()
        try:
            yield breaker
        finally:
            with self._one_at_a_time:
                self._idle.append(breaker)

    def end(self) -> None:
        for breaker in self._all:
            breaker.end()
        self._folder.cleanup()

    def _another(self) -> Breaker:
        if not self._template.exists():
            self._template.mkdir()
            environment = _environment(self._template)
            subprocess.run([sys.executable, "-c", MAKE_DATABASE], env=environment, check=True)
        home = self._template.with_name(f"home-{len(self._all)}")
        self._all.append(Breaker(home, self._template))
        return self._all[-1]


class Breaker:
    """`tests.breaking` in a process, which loads the product once and forks for each story."""

    def __init__(self, home: Path, template: Path) -> None:
        self._home, self._template = home, template
        shutil.copytree(template, home)
        self._process = self._begin()

    def run(self, clause: str) -> tuple[str, str]:
        """What became of the story, or "" when it did not run; and what pytest said."""
        shutil.rmtree(self._home / "data")
        shutil.copytree(self._template / "data", self._home / "data")
        result, said = self._home / "result", self._home / "said"
        result.unlink(missing_ok=True)
        asked = {
            "clause": clause,
            "story": story_of(clause),
            "result": str(result),
            "said": str(said),
        }
        if not self._answers(json.dumps(asked)):
            self.end()
            self._process = self._begin()
            return "", f"{clause}: its story did not end in {PATIENCE} seconds"
        return result.read_text() if result.exists() else "", said.read_text()

    def end(self) -> None:
        """Also of what it forked."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.breaking"],
            cwd=CHECKOUT,
            env=_environment(self._home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _answers(self, asked: str) -> bool:
        ask, answer = self._process.stdin, self._process.stdout
        if ask is None or answer is None:
            return False
        ask.write(asked + "\n")
        ask.flush()
        there, _, _ = select.select([answer], [], [], PATIENCE)
        return bool(there and answer.readline())


def _try(breakers: Breakers, clause: str) -> tuple[str, str]:
    """How it came out; and what pytest said, where the clause was broken and nobody noticed."""
    with breakers.one() as breaker:
        outcome, told = breaker.run(clause)
    if outcome == record.NOTICED:
        return outcome, ""
    return outcome or "its story did not run", told[-4_000:]


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "CONCORD_RECORD"}
    }
    return {
        **kept,
        "CONCORD_TEST_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "concord.site.testing",
    }
