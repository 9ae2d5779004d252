"""docs/running is true: each `$` line of a console block is run, page by page, and answers what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from concord.site.tests.install import Install, another_install
from tests.house.house import CHECKOUT

PAGES = sorted((CHECKOUT / "docs" / "running").glob("*.md"))
FROM_NOTHING = {"install"}
BLOCK = re.compile(r"(?:<!-- (?P<before>[^\n]*) -->\n)?```console\n(?P<lines>.*?)```", re.DOTALL)
SHARE = re.compile(r"share \d: ((?:\w+ ){19}\w+)")
BEFORE = {
    "mv data keys lost": "mkdir lost && mv data keys lost",
    "mkdir -p backups && concord backup backups/monday.concord-backup && mv keys lost-keys && mkdir keys": "",
}
"""Hidden steps that a page's next block takes for granted; "" runs the words themselves, others are told only."""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@dataclass
class Step:
    """A command of a page, and the lines that the page shows below it."""

    command: str
    shown: list[str]


def steps_of(page: Path) -> Iterator[Step]:
    for block in BLOCK.finditer(page.read_text()):
        before = block["before"] or ""
        if before in BEFORE:
            yield Step(BEFORE[before] or before, [])
        step: Step | None = None
        for line in block["lines"].splitlines():
            if line.startswith("$ "):
                if step is not None:
                    yield step
                step = Step(line[2:], [])
            elif step is not None:
                step.shown.append(line)
        if step is not None:
            yield step


@pytest.fixture
def server(tmp_path) -> Iterator[Install]:
    with another_install(tmp_path / "server") as install:
        (install.home / "bin").mkdir(parents=True)
        command = install.home / "bin" / "concord"
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m concord.site.cli "$@"\n'
        )
        command.chmod(0o755)
        yield install


def environment(install: Install) -> dict[str, str]:
    """What somebody has who works in the checkout: nothing but where things lie."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
    for name in ("DATABASE_URL", "REDIS_URL", "WEB_CONCURRENCY"):
        kept.pop(name, None)
    return kept | {
        "PATH": f"{install.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(CHECKOUT),
        "DJANGO_SETTINGS_MODULE": "concord.site.settings",
        "CONCORD_SETTINGS": str(install.home / "concord.env"),
        "CONCORD_DATA": str(install.data),
        "CONCORD_KEY_FILE": str(install.key_file),
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_page_says_is_so(page: Path, server: Install):
    shares: list[str] = []
    if page.stem not in FROM_NOTHING:
        shares = SHARE.findall(
            told(
                server,
                "concord setup --example > setup.toml && concord setup --answers setup.toml",
                [],
            )
        )
    for step in steps_of(page):
        answer = told(server, step.command, shares)
        shares = SHARE.findall(answer) or shares
        for line in step.shown:
            pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
            assert re.search(pattern, answer), f"{step.command} does not show {line!r}:\n{answer}"


def told(install: Install, command: str, shares: list[str]) -> str:
    """What a command prints. Two share-holders stand beside it and type what it asks for."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=install.home,
        env=environment(install),
        input="\n".join(shares[:2]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_there_are_pages():
    assert {page.stem for page in PAGES} >= {
        "install",
        "back-up-and-restore",
        "upgrade",
        "keys",
        "scale",
    }
