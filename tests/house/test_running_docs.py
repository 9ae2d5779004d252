"""docs/running is true: each `$` line of a console block is run, page by page, and answers what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from concord.site.tests.install import Install, another_install
from tests.house.house import CHECKOUT

PAGES = sorted((CHECKOUT / "docs" / "running").glob("*.md"))
EXAMPLE = "concord setup --example > setup.toml"
FROM_NOTHING = {"install"}
BLOCK = re.compile(r"(?:<!-- (?P<before>[^\n]*) -->\n)?```console\n(?P<lines>.*?)```", re.DOTALL)
SHARE = re.compile(r"share \d: ((?:\w+ ){19}\w+)")
BEFORE = {
    "mv data keys lost": "mkdir lost && mv data keys lost",
    'concord audit --offline evidence.jsonl > first.txt; sed -n "s/.*key: //p" first.txt | head -1 > pin.txt': "",
    'sed -n "s/^head: //p" first.txt > head.txt': "",
    "mkdir -p backups && concord backup backups/monday.concord-backup && mv keys lost-keys && mkdir keys": "",
}
"""Hidden steps that a page's next block takes for granted; "" runs the words themselves, others are told only."""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@dataclass
class Server(Install):
    """The machine that the pages are about, with a mail server on it."""

    mail_port: int = 25


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
def server(tables, tmp_path, page) -> Iterator[Server]:
    like = None if page.stem in FROM_NOTHING else tables
    with another_install(tmp_path / "server", like) as install:
        (install.home / "bin").mkdir(parents=True)
        command = install.home / "bin" / "concord"
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m concord.site.cli "$@"\n'
        )
        command.chmod(0o755)
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailman) as mail:
            threading.Thread(target=mail.serve_forever, daemon=True).start()
            yield Server(install.home, mail_port=mail.server_address[1])
            mail.shutdown()


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
def test_what_the_page_says_is_so(page: Path, server: Server):
    shares: list[str] = []
    if page.stem not in FROM_NOTHING:
        shares = SHARE.findall(
            told(server, EXAMPLE, []) + told(server, "concord setup --answers setup.toml", [])
        )
    for step in steps_of(page):
        answer = told(server, step.command, shares)
        shares = SHARE.findall(answer) or shares
        for line in step.shown:
            pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
            assert re.search(pattern, answer), f"{step.command} does not show {line!r}:\n{answer}"


def told(install: Server, command: str, shares: list[str]) -> str:
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
    if command == EXAMPLE:
        change(install.home / "setup.toml", install.mail_port)
    return done.stdout


def change(answers: Path, mail_port: int) -> None:
    """What the page asks for: addresses of one's own, and a mail server that is there."""
    text = answers.read_text().replace("example.org", "ballots.internal")
    answers.write_text(text.replace("port = 25\n", f"port = {mail_port}\n"))


class Mailman(socketserver.StreamRequestHandler):
    """A mail server as far as a knock: it greets, and says yes to everything."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 yes\r\n")


def test_there_are_pages():
    assert {page.stem for page in PAGES} >= {
        "install",
        "back-up-and-restore",
        "upgrade",
        "keys",
        "scale",
    }
