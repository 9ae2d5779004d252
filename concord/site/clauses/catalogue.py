"""The catalogue: every clause of the policy with the rooms and verbs that keep it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
MOST_CLAUSES_ON_ONE_STORY = 15


@dataclass(frozen=True)
class Clause:
    """One promise: its id, the source policy's lines, our wording, and the "room.verb"s that keep it."""

    id: str
    lines: str
    says: str
    kept_by: tuple[str, ...]


@cache
def catalogue() -> tuple[Clause, ...]:
    """All clauses, in the policy's order."""
    entries = tomllib.loads((HERE / "policy.toml").read_text())
    return tuple(
        Clause(id, entry["lines"], entry["says"], tuple(entry["kept_by"]))
        for id, entry in entries.items()
    )


def ids() -> frozenset[str]:
    return frozenset(clause.id for clause in catalogue())


def file_of(kept_by: str) -> Path | None:
    """Where `room.verb` is written; None while it is still to be."""
    room, verb = kept_by.split(".")
    folder = CHECKOUT / "concord" / room
    places = (folder / f"{verb}.py", folder / verb / "__init__.py")
    return next((path for path in places if path.exists()), None)


def still_to_be_written(clause: Clause) -> list[str]:
    """The verbs of a clause that are not there yet: whatever its stories show, it is kept in part (`room.verb`)."""
    return [kept_by for kept_by in clause.kept_by if file_of(kept_by) is None]


@cache
def stories(*folders: Path) -> dict[str, tuple[str, ...]]:
    """Story (pytest's node id) → the clauses it names, read from the source, once, without running anything.

    They lie in tests/policy, and in tests/doors where a browser plays them.
    """
    return {
        f"{file.relative_to(CHECKOUT).as_posix()}::{name}": clauses
        for folder in folders or (CHECKOUT / "tests" / "policy", CHECKOUT / "tests" / "doors")
        for file in sorted(folder.glob("test_*.py"))
        for name, clauses in _marked(ast.parse(file.read_text()).body)
    }


def stories_of(clause_id: str) -> list[str]:
    return [story for story, clauses in stories().items() if clause_id in clauses]


def sabotages(folder: Path = CHECKOUT / "tests" / "sabotage") -> frozenset[str]:
    """The clauses that have a sabotage, by its file's name."""
    return frozenset(file.stem for file in folder.glob("*-*.py"))


def _marked(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named = tuple(id for mark in node.decorator_list for id in _ids_in(mark))
            if named:
                yield prefix + node.name, named


def _ids_in(mark: ast.expr) -> Iterator[str]:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.clauses":
        yield from (str(ast.literal_eval(argument)) for argument in mark.args)
