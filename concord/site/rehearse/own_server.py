"""A temporary server: its own folder, key and port, as a child process that can be killed and started again."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from concord.site.rehearse.timeline import Broken

SETTINGS = "concord.site.rehearse.settings"
PATIENCE = 40.0


class OwnServer:
    """Made before Django is set up: it turns this process's environment to the temporary folder.

    `more` are further environment variables, such as another DATABASE_URL than the folder's own file.
    """

    def __init__(self, **more: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="concord-rehearsal-"))
        self.port = _free_port()
        self._child: subprocess.Popen[bytes] | None = None
        for folder in ("data", "keys", "mails"):
            (self.home / folder).mkdir(mode=0o700)
        self._own_environment()
        os.environ |= more

    @property
    def database(self) -> Path:
        return self.home / "data" / "concord.sqlite3"

    def start(self) -> None:
        """Start it and wait until it answers. Raises Broken when it does not."""
        with (self.home / "server.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "concord.site.cli", "serve", "--port", str(self.port)],
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > limit or self._child.poll() is not None:
                raise Broken(f"the server did not start: {self.log()[-400:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut does: no word, no clean end."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `concord` on the same data, as somebody with a shell would."""
        return self._run([sys.executable, "-m", "concord.site.cli", *arguments], more)

    def shell(self, code: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python inside the product on the same data; `more` are environment variables."""
        return self._run([sys.executable, "-m", "django", "shell", "-c", code], more)

    def log(self) -> str:
        path = self.home / "server.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, arguments: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _own_environment(self) -> None:
        """The machine's own install must neither colour this nor be touched by it; children inherit it."""
        for name in [*os.environ]:
            if name.startswith("CONCORD_") or name in ("DATABASE_URL", "REDIS_URL"):
                del os.environ[name]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "CONCORD_DATA": str(self.home / "data"),
            "CONCORD_KEY_FILE": str(self.home / "keys" / "concord.key"),
            "CONCORD_HOST_NAME": "Open Ballot Forum",
            "CONCORD_POLICY_ADDRESS": "policy@openballot.example",
            "CONCORD_REPORT_ADDRESS": "report@openballot.example",
            "CONCORD_PUBLIC": f"http://localhost:{self.port}",
            "CONCORD_DESK": f"http://desk.localhost:{self.port}",
        }

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/help", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
