"""What an idle embedded install takes: memory after a hundred page views, and time to its first page.

A new install is set up in a folder that is thrown away, then served by the command that people use,
with its worker. Every page that the front page links to is looked at in turn.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, progress

CHECKOUT = Path(__file__).resolve().parent.parent
VIEWS = 100
PATIENCE = 30.0


def main() -> None:
    """Start, look, weigh; once a round."""
    asked = arguments(__doc__ or "")
    answer = Answer("footprint", {"views": VIEWS, "rounds": asked.rounds})
    weighed, waited = [], []
    with tempfile.TemporaryDirectory() as folder:
        environment = set_up(Path(folder))
        for number in range(asked.rounds):
            megabytes, seconds, pages = one_start(environment)
            weighed.append(megabytes)
            waited.append(seconds)
            progress(f"round {number + 1}: {megabytes:.1f} MB, {seconds:.2f} s, {pages} pages")
    answer.require("rss_mb", median(weighed), at_most=110)
    answer.require("first_page_s", median(waited), at_most=3)
    answer.print(as_json=asked.json)


def set_up(folder: Path) -> dict[str, str]:
    """A new install: its key, its tables, its static files. Returns its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
    kept.pop("DATABASE_URL", None)
    environment = kept | {
        "CONCORD_DATA": str(folder / "data"),
        "CONCORD_KEY_FILE": str(folder / "keys" / "concord.key"),
        "CONCORD_POLICY_ADDRESS": "policy@concord.example",
        "CONCORD_REPORT_ADDRESS": "report@concord.example",
    }
    example = subprocess.run(
        [*CONCORD, "setup", "--example"],
        env=environment,
        check=True,
        cwd=CHECKOUT,
        capture_output=True,
    )
    answers = folder / "setup.toml"
    answers.write_bytes(example.stdout)
    subprocess.run(
        [*CONCORD, "setup", "--answers", str(answers)],
        env=environment,
        check=True,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # it prints the shares of a recovery key
    )
    progress("set up")
    return environment


CONCORD = [sys.executable, "-m", "concord.site.cli"]


def one_start(environment: dict[str, str]) -> tuple[float, float, int]:
    """Megabytes of the whole process tree after the views, seconds to the first page, pages."""
    with serving(environment) as (server, port):
        begun = time.monotonic()
        first = first_page(port, deadline=begun + PATIENCE)
        waited = time.monotonic() - begun
        paths = ["/", *sorted(set(re.findall(r'(?:href|src)="(/[^"#]*)"', first)) - {"/"})]
        for path in islice(cycle(paths), VIEWS):
            status, _ = get(port, path)
            assert status < 500, f"{path} answered {status}"
        return tree_rss(server.pid) / 1e6, waited, len(paths)


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server that people start, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*CONCORD, "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    try:
        yield server, port
    finally:
        server.terminate()
        server.wait(10)


def first_page(port: int, *, deadline: float) -> str:
    """Ask until somebody answers. Raises TimeoutError when nobody does."""
    while time.monotonic() < deadline:
        try:
            status, page = get(port, "/")
        except ConnectionError:
            time.sleep(0.02)
            continue
        assert status == 200, f"the front page answered {status}"
        return page
    raise TimeoutError("the server never answered")


def get(port: int, path: str) -> tuple[int, str]:
    """One page view, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def tree_rss(pid: int) -> int:
    """Resident bytes of a process and all its children."""
    root = psutil.Process(pid)
    return sum(process.memory_info().rss for process in [root, *root.children(recursive=True)])


if __name__ == "__main__":
    main()
