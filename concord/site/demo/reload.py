"""keep_running: the demo as a child process, started again whenever a file of the package changes."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
WATCHED = (".py", ".html", ".txt", ".css", ".js", ".toml")
EVERY = 0.7


def keep_running(*, port: int, tempo: Path | None) -> int:
    """Run until interrupted. A child that ends by itself waits for the next change."""
    arguments = [sys.executable, "-m", "concord.site.cli", "demo", "--port", str(port)]
    arguments += ["--tempo", str(tempo)] if tempo else []
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # an ordinary end, so that the child ends too
    child = subprocess.Popen(arguments)
    try:
        for _ in _changes():
            _end(child)
            child = subprocess.Popen(arguments)
    except KeyboardInterrupt:
        pass
    finally:
        _end(child)
    return 0


def _changes() -> Iterator[float]:
    """Yields each time that a watched file became newer."""
    newest = _newest()
    while True:
        time.sleep(EVERY)
        if (now := _newest()) > newest:
            newest = now
            yield now


def _newest() -> float:
    latest = 0.0
    for path in PACKAGE.rglob("*"):
        if path.suffix in WATCHED:
            with contextlib.suppress(FileNotFoundError):
                latest = max(latest, path.stat().st_mtime)
    return latest


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
