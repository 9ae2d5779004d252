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
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from concord.site.clauses import record
from concord.site.clauses.catalogue import CHECKOUT, sabotages

AT_ONCE = 2
PATIENCE = 300  # seconds for one story; far more than any takes
MAKE_DATABASE = (
    "import django; django.setup(); from django.db import connection; "
    "connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)"
)


def run_all(*, with_browser: bool) -> bool:
    """Try every sabotage, two at a time; add the outcomes to the record. True when all were noticed."""
    clauses = [each for each in sorted(sabotages()) if with_browser or not needs_browser(each)]
    print(f"\n== sabotage: {len(clauses)} clauses broken one by one", flush=True)
    if not clauses:
        return True
    tree = record.tree_hash()
    with tempfile.TemporaryDirectory(prefix="concord-sabotage-") as folder:
        template = Path(folder, "template")
        _make_home(template)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = dict(zip(clauses, pool.map(partial(_try, template), clauses), strict=True))
    for clause, outcome in outcomes.items():
        print(
            f"{clause}: {outcome}" if outcome == record.NOTICED else f"{clause}: {outcome.upper()}"
        )
    if record.tree_hash() == tree:
        record.merge(tree, sabotage=outcomes)
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


def _make_home(home: Path) -> None:
    home.mkdir()
    subprocess.run([sys.executable, "-c", MAKE_DATABASE], env=_environment(home), check=True)


def _try(template: Path, clause: str) -> str:
    home = template.with_name(clause)
    shutil.copytree(template, home)
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
    if outcome != record.NOTICED:
        print(run.stdout[-3_000:], run.stderr[-1_000:], flush=True)
    shutil.rmtree(home, ignore_errors=True)
    return outcome


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
