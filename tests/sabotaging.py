"""Each clause is broken on purpose, and its story has to notice.

tests/sabotage/<CLAUSE>.py holds `STORY`, the story's node id, and `break_it(monkeypatch)`, a break of one
line. The story runs broken, in a process of its own, and must fail by one of its own assertions: passing
means that the clause is not truly tested, any other error that the break is a bad one.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
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


def run_all(*, with_browser: bool) -> bool:
    """Try every sabotage, two at a time; add the outcomes to the record. True when all were noticed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return finish(begin(pool, with_browser=with_browser))


def begin(pool: Executor, *, with_browser: bool) -> Run:
    """Hand every sabotage to the pool, behind what it has to do already."""
    clauses = [each for each in sorted(sabotages()) if with_browser or not needs_browser(each)]
    homes = Homes()
    return Run({clause: pool.submit(_try, homes, clause) for clause in clauses}, record.tree_hash())


def finish(run: Run) -> bool:
    """Tell how each came out as it does; add them to the record. True when all were noticed."""
    print(f"\n== sabotage: {len(run.outcomes)} clauses broken one by one", flush=True)
    outcomes = {}
    for clause, future in run.outcomes.items():
        outcome, told = future.result()
        outcomes[clause] = outcome
        said = outcome if outcome == record.NOTICED else outcome.upper()
        print(f"{clause}: {said}\n{told}".rstrip(), flush=True)
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


class Homes:
    """A home with a new database for each story, copied from one that is made when the first asks."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="concord-sabotage-")
        self._template = Path(self._folder.name, "template")
        self._one_at_a_time = Lock()

    @contextmanager
    def one(self, clause: str) -> Iterator[Path]:
        with self._one_at_a_time:
            if not self._template.exists():
                self._template.mkdir()
                environment = _environment(self._template)
                subprocess.run([sys.executable, "-c", MAKE_DATABASE], env=environment, check=True)
        home = self._template.with_name(clause)
        shutil.copytree(self._template, home)
        yield home
        shutil.rmtree(home, ignore_errors=True)


def _try(homes: Homes, clause: str) -> tuple[str, str]:
    """How it came out; and what pytest said, where the clause was broken and nobody noticed."""
    with homes.one(clause) as home:
        result = home / "result"
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--reuse-db", "--tb=short", story_of(clause)],
            cwd=CHECKOUT,
            env={
                **_environment(home),
                "CONCORD_SABOTAGE": clause,
                "CONCORD_SABOTAGE_RESULT": str(result),
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        outcome = result.read_text() if result.exists() else "its story did not run"
    if outcome == record.NOTICED:
        return outcome, ""
    return outcome, f"{run.stdout[-3_000:]}\n{run.stderr[-1_000:]}"


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
