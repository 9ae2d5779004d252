"""An install for the length of a bench: alone on SQLite, or four processes on PostgreSQL and Redis.

Every serving process also obeys the bench: a line of JSON on its standard input names one of the bench's deeds, and
the answer is a line of JSON. So what is decided is decided in a process that serves, as it is in earnest.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil

CHECKOUT = Path(__file__).resolve().parent.parent
ENGINES = ("sqlite", "postgresql")
ON: dict[str, Any] = {"choices": ENGINES, "default": None, "help": "one kind of install, not both"}
"""The argument of a bench that runs on both."""
PROCESSES = {"sqlite": 1, "postgresql": 4}


class Install:
    """The serving processes, by number; `ports` in the same order."""

    def __init__(self, environment: dict[str, str], *, deeds: str, processes: int) -> None:
        self._environment, self._log = environment, Path(environment["CONCORD_DATA"], "..", "log")
        self._run("prepare").wait()
        worker = "with worker" if processes == 1 else "without"
        self._web = [self._run("serve", deeds, worker) for _ in range(processes)]
        self._others = [] if processes == 1 else [self._run("work")]
        self.ports: list[int] = [self._answer(child)["port"] for child in self._web]
        self.redis_url = environment.get("REDIS_URL", "")

    def ask(self, deed: str, *args: Any, process: int = 0) -> Any:
        """Have one process do something, and wait for what it says."""
        child = self._web[process]
        assert child.stdin is not None
        child.stdin.write(json.dumps([deed, *args]) + "\n")
        child.stdin.flush()
        return self._answer(child)

    def cpu(self) -> float:
        """Seconds that its processes have spent so far; the database's own are not among them."""
        return sum(sum(each.cpu_times()[:2]) for each in self._processes())

    def rss(self) -> int:
        """Resident bytes of its processes."""
        return sum(each.memory_info().rss for each in self._processes())

    def close(self) -> None:
        for child in [*self._web, *self._others]:
            child.kill()
            child.wait()

    def _processes(self) -> list[psutil.Process]:
        return [psutil.Process(child.pid) for child in [*self._web, *self._others]]

    def _run(self, *arguments: str) -> subprocess.Popen[str]:
        with self._log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bench.installs", *arguments],
                env=self._environment,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def _answer(self, child: subprocess.Popen[str]) -> Any:
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, f"a process ended: {self._log.read_text('utf-8', 'replace')[-3_000:]}"
        return json.loads(line)


@contextmanager
def installed(engine: str, *, deeds: str) -> Iterator[Install]:
    """A new install on one of the engines, gone with the block. `deeds`: the module whose `DEEDS` it obeys."""
    with ExitStack() as until_the_end:
        home = Path(until_the_end.enter_context(tempfile.TemporaryDirectory()))
        environment = environment_of(home)
        if engine == "postgresql":
            environment |= until_the_end.enter_context(engines())
        install = Install(environment, deeds=deeds, processes=PROCESSES[engine])
        until_the_end.callback(install.close)
        yield install


def environment_of(home: Path) -> dict[str, str]:
    """Everything in a folder; the machine's own install neither colours this nor is touched by it."""
    for folder in ("data", "keys", "mails"):
        (home / folder).mkdir(mode=0o700)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONCORD_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "concord.site.rehearse.settings",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]),
        "CONCORD_DATA": str(home / "data"),
        "CONCORD_KEY_FILE": str(home / "keys" / "concord.key"),
        "CONCORD_POLICY_ADDRESS": "policy@concord.example",
        "CONCORD_REPORT_ADDRESS": "report@concord.example",
        "CONCORD_PUBLIC": "http://localhost",
        "CONCORD_DESK": "http://desk.localhost",
    }


@contextmanager
def engines() -> Iterator[dict[str, str]]:
    """A database of its own on a PostgreSQL that writes to the disk as in earnest, and a Redis; by their settings."""
    import psycopg

    from tests.postgresql import running
    from tests.processes import Redis

    with running(in_earnest=True) as url, psycopg.connect(url, autocommit=True) as server:
        name, redis = f"concord_bench_{uuid4().hex}", Redis()
        server.execute(f"CREATE DATABASE {name}")
        try:
            redis.start()
            yield {
                "DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl(),
                "REDIS_URL": redis.url,
            }
        finally:
            redis.remove()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


# The processes -------------------------------------------------------------------------------------


def prepare() -> None:
    """The key, the tables and the static files of a new install."""
    import django

    from concord.vault.environment import make_key_file

    make_key_file(Path(os.environ["CONCORD_KEY_FILE"]))
    django.setup()
    from concord.site.commands.migrate import bring_up_to_date

    bring_up_to_date()


def serve(deeds: str, worker: str) -> None:
    """The product as it is served, on a free port."""
    from concord.site.asgi import make_application
    from concord.site.serving import BACKLOG, Server, listen, raise_file_limit

    raise_file_limit()
    application = make_application(worker_thread=worker == "with worker")
    known = importlib.import_module(deeds).DEEDS
    sock = listen("127.0.0.1", 0)
    sock.listen(BACKLOG)
    threading.Thread(target=obey, args=(known,), daemon=True).start()
    print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
    Server(application).run(sockets=[sock])


def obey(deeds: dict[str, Callable[..., Any]]) -> None:
    """Do what each line says, one after the other; end with whoever asks, and when something fails."""
    try:
        for line in sys.stdin:
            deed, *args = json.loads(line)
            print(json.dumps(deeds[deed](*args)), flush=True)
    except Exception:
        logging.getLogger("bench").exception("a deed failed")
        traceback.print_exc()  # the product's own log leaves out what an error says
    os._exit(1)


def work() -> None:
    """Runs the jobs, where several processes serve."""
    import django

    django.setup()
    from concord.outbox.worker import Worker

    Worker(threading.Event()).run()


if __name__ == "__main__":
    {"prepare": prepare, "serve": serve, "work": work}[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
