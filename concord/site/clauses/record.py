"""The record of a test run, keyed to the source it ran on: a changed source makes it stale.

Runs over the same source are merged, the newer outcome of a story in the same surroundings winning.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from concord.site.clauses.catalogue import CHECKOUT, catalogue, stories

FOLDER = CHECKOUT / ".record"
SOURCE = ("bin", "concord", "conftest.py", "examples", "locale", "manage.py", "pyproject.toml",
          "requirements", "tests")  # fmt: skip
NOTICED = "noticed"


@dataclass
class Record:
    """What is known of one state of the source.

    `outcomes`: story → surroundings (sqlite, postgresql) → "passed" or "failed".
    `sabotage`: clause → "noticed", or what happened instead.
    """

    outcomes: dict[str, dict[str, str]] = field(default_factory=dict)
    sabotage: dict[str, str] = field(default_factory=dict)

    def passes(self, story: str) -> bool:
        """Whether the story passed wherever it ran, and ran somewhere."""
        outcomes = self.outcomes.get(story, {})
        return bool(outcomes) and set(outcomes.values()) == {"passed"}

    def kept(self) -> list[str]:
        """The clauses with a passing story whose sabotage was noticed, in the policy's order."""
        exercised = {
            clause
            for story, clauses in stories().items()
            if self.passes(story)
            for clause in clauses
        }
        return [
            clause.id
            for clause in catalogue()
            if clause.id in exercised and self.sabotage.get(clause.id) == NOTICED
        ]


class NoRecord(Exception):
    """No full test run is known for this source: the clauses' state cannot be told."""


def tree_hash(root: Path = CHECKOUT) -> str:
    """A digest of every source file's path and content, whether git knows the file or not."""
    digest = hashlib.sha256()
    for file in sorted(_source_files(root)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{content} {file.relative_to(root).as_posix()}\n".encode())
    return digest.hexdigest()[:32]


def read(tree: str | None = None, folder: Path = FOLDER) -> Record:
    """The record of the source as it is now. Raises `NoRecord` when there is none: a stale one is refused."""
    path = folder / f"{tree or tree_hash()}.json"
    if not path.exists():
        older = any(folder.glob("*.json"))
        raise NoRecord(
            "the source has changed since the last test run: run bin/test"
            if older
            else "no test run is recorded for this source: run bin/test"
        )
    return Record(**json.loads(path.read_text()))


def merge(
    tree: str,
    *,
    outcomes: Mapping[str, Mapping[str, str]] | None = None,
    sabotage: Mapping[str, str] | None = None,
    folder: Path = FOLDER,
) -> Record:
    """Add what a run found to the record of that source, whole or not at all."""
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            record = read(tree, folder)
        except NoRecord:
            record = Record()
        for story, found in (outcomes or {}).items():
            record.outcomes.setdefault(story, {}).update(found)
        record.sabotage.update(sabotage or {})
        _write(folder / f"{tree}.json", {"outcomes": record.outcomes, "sabotage": record.sabotage})
    return record


def _write(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1, sort_keys=True))
    partial.replace(path)


def _source_files(root: Path) -> Iterator[Path]:
    for name in SOURCE:
        if (root / name).is_file():
            yield root / name
        for folder, folders, files in os.walk(root / name):
            folders[:] = [each for each in folders if not each.startswith((".", "__pycache__"))]
            yield from (
                Path(folder, file)
                for file in files
                if not file.startswith(".") and not file.endswith((".pyc", ".pyo"))
            )
