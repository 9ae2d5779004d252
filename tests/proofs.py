"""How often a proof is run: a few times in every run, thousands of times at night; and the record of the nights.

`docs/proofs.md` is written by `bin/test --nightly` and by nothing else. `CONCORD_NIGHTLY_SEED` runs a night once
more; `CONCORD_NIGHTLY_HISTORIES=500`, or whatever the proof is called, makes it shorter, and the record says so.
"""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

CHECKOUT = Path(__file__).resolve().parent.parent
RECORD = CHECKOUT / "docs" / "proofs.md"
NIGHTLY = bool(os.environ.get("CONCORD_NIGHTLY"))
EVERYDAY_SEED = 1948
HEAD = """# What was proven, how often

Written by `bin/test --nightly`; a row is one run. A whole run takes the place of all before it on its database; until
then parts of a night stand beside each other. Every run of `bin/test` does the same with smaller numbers and one seed.
A night is run once more with `CONCORD_NIGHTLY_SEED=` and its seed.

| what | database | how many | seed | minutes | on | source |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Proof:
    """One property, what it is called in the record, and how often it is tried on each of the two databases."""

    name: str
    words: str
    everyday: int
    nightly: int

    @property
    def wanted(self) -> int:
        if not NIGHTLY:
            return self.everyday
        return int(os.environ.get(f"CONCORD_NIGHTLY_{self.name.upper()}", self.nightly))


HISTORIES = Proof("histories", "Histories of people at three cases", 25, 50_000)
RACES = Proof("races", "Races of people who press at the same moment", 24, 1_000)
KILLS = Proof("kills", "Processes killed between proposal and verified effect", 25, 200)


@dataclass
class Run:
    """One run of a proof: `done` counts what was tried and held, `found` says what came of it."""

    proof: Proof
    seed: int
    done: int = 0
    found: str = ""
    began: float = field(default_factory=time.monotonic)
    kept: float = field(default_factory=time.monotonic)

    def held(self, done: int) -> None:
        """So many held by now; at night that is put down every minute, for a night can be cut short."""
        self.done = done
        if NIGHTLY and time.monotonic() - self.kept > 60:
            keep(self, failed=False)
            self.kept = time.monotonic()


@contextmanager
def proving(proof: Proof) -> Iterator[Run]:
    """Run it within this block. What held is recorded at night, also when it fails or is interrupted."""
    given = os.environ.get("CONCORD_NIGHTLY_SEED")
    seed = int(given) if given else random.SystemRandom().randrange(2**32)
    run = Run(proof, seed if NIGHTLY else EVERYDAY_SEED)
    failed = False
    try:
        yield run
    except Exception:
        failed = True
        raise
    finally:
        if NIGHTLY:
            keep(run, failed=failed)


def keep(run: Run, *, failed: bool) -> None:
    """Put its row into the record: a whole run in the place of all before it, a part beside the others."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    is_whole = run.done >= run.proof.nightly
    how_many = f"{run.done:,}" + ("" if is_whole else f" of {run.proof.nightly:,}")
    how_many += f", {run.found}" if run.found else ""
    how_many += ", AND THEN ONE FAILED" if failed else ""
    minutes = round((time.monotonic() - run.began) / 60)
    cells = (run.proof.words, database, how_many, run.seed, minutes, _today(), _source())
    row = "| " + " | ".join(str(cell) for cell in cells) + " |"
    with RECORD.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        RECORD.write_text(HEAD + "".join(f"{each}\n" for each in _rows(row, is_whole)))


def _rows(row: str, is_whole: bool) -> list[str]:
    before = RECORD.read_text().splitlines() if RECORD.exists() else []
    others = [each for each in before if each.startswith("| ") and not each.startswith("| what")]
    return sorted([*(each for each in others if not _is_replaced(each, row, is_whole)), row])


def _is_replaced(before: str, row: str, is_whole: bool) -> bool:
    """Whether they are the same run, or the same proof that is now whole."""
    (what, on, _, seed, *_rest), (its_what, its_on, _, its_seed, *_more) = (
        each.split(" | ") for each in (before, row)
    )
    return (what, on) == (its_what, its_on) and (is_whole or seed == its_seed)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _source() -> str:
    """The commit, and whether anything but this record differs from it."""
    asked = ("git", "-C", str(CHECKOUT))
    found = subprocess.run(
        [*asked, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    differs = subprocess.run(
        [*asked, "diff", "--quiet", "HEAD", "--", ".", ":!docs/proofs.md"], check=False
    )
    return (found.stdout.strip() or "?") + ("-dirty" if differs.returncode else "")
