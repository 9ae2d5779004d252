"""What is committed names no package index, and nothing of the machine it was made on."""

from __future__ import annotations

import itertools
import re

from tests.house.house import CHECKOUT, committed

# Put together here, so that this file does not name them either.
INDEX = re.compile("|".join([r"py" + r"pi\.org", r"python" + r"hosted\.org", r"/simple" + r"/\w"]))
LOCKED = re.compile(r"^[a-z0-9][a-z0-9.-]*==\S+( ; [^\\]+)? \\$")


def test_no_file_names_a_package_index():
    naming = [
        str(path.relative_to(CHECKOUT))
        for path in committed()
        if INDEX.search(path.read_text(errors="ignore"))
    ]
    assert naming == []


def test_every_locked_package_has_its_hash():
    for lock in sorted((CHECKOUT / "requirements").glob("*.lock")):
        lines = lock.read_text().splitlines()
        for line, following in itertools.pairwise(lines):
            if not line.startswith(" "):
                assert LOCKED.match(line), line
                assert following.strip().startswith("--hash=sha256:"), line


def test_what_runs_is_a_part_of_what_is_tested():
    run, dev = (
        set((CHECKOUT / "requirements" / f"{name}.lock").read_text().splitlines())
        for name in ("run", "dev")
    )
    assert {line for line in run if "==" in line} <= dev
