"""A real server of streams on a free port, and a browser's ear: both ends of the wire, nothing between."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import uvicorn
from django.conf import settings

from concord.live import streams, subscriptions
from concord.live.hub import hub
from concord.live.subscriptions import Backlog, Grant


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The streams alone, with the hub bound to the loop while the server lives."""
    if scope["type"] == "http":
        await streams.app(scope, receive, send)
        return
    await receive()
    await hub.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


@contextmanager
def serving() -> Iterator[int]:
    """Serve the streams; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        config = uvicorn.Config(
            app, loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        while not server.started:
            thread.join(0.01)
        try:
            yield sock.getsockname()[1]
        finally:
            on_the_loop(lambda: [hub._end(one, b":\n\n") for one in hub._everyone()])
            server.should_exit = True
            thread.join()


def on_the_loop(act: Callable[[], Any]) -> Any:
    """Run something on the hub's own thread, after all that was asked for before."""
    done, found = threading.Event(), []

    def run() -> None:
        found.append(act())
        done.set()

    hub._on_loop(run)
    assert done.wait(20)
    return found[0]


class Heard(NamedTuple):
    """One event as a browser hears it."""

    event: str
    data: str
    id: str


class Ear:
    """An EventSource with patience: `next()` waits for one event, `rest()` until the end."""

    def __init__(self, port: int, query: str, *, session: str = "", last: str = "") -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.settimeout(20)
        cookie = f"Cookie: {settings.SESSION_COOKIE_NAME}={session}\r\n" if session else ""
        resumed = f"Last-Event-ID: {last}\r\n" if last else ""
        self.sock.sendall(
            f"GET /live/?{query} HTTP/1.1\r\nHost: localhost\r\n{cookie}{resumed}\r\n".encode()
        )
        self.id = ""
        self.raw = b""
        self.head = self._take(b"\r\n\r\n").decode()
        self.status = int(self.head.split()[1])
        self._text = b""

    def next(self) -> Heard:
        """The next event that a browser would dispatch."""
        while True:
            while b"\n\n" not in self._text:
                assert self._more(), "the stream ended"
            block, _, self._text = self._text.partition(b"\n\n")
            heard = self._understand(block.decode())
            if heard.event:
                return heard

    def rest(self) -> list[Heard]:
        """Every event until the stream ends."""
        while self._more():
            pass
        *blocks, left = self._text.split(b"\n\n")
        self._text = left
        return [heard for block in blocks if (heard := self._understand(block.decode())).event]

    def opened(self) -> Ear:
        """Wait until the stream is open and its first place is told."""
        while b"id: " not in self._text or not self._text.endswith(b"\n\n"):
            assert self._more(), "the stream ended"
        return self

    def close(self) -> None:
        self.sock.close()

    def _understand(self, block: str) -> Heard:
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            fields.setdefault(name, []).append(value)
        self.id = fields.get("id", [self.id])[0]
        return Heard(fields.get("event", [""])[0], "\n".join(fields.get("data", [])), self.id)

    def _more(self) -> bool:
        size = int(self._take(b"\r\n") or b"0", 16)
        while len(self.raw) < size + 2:
            part = self.sock.recv(65_536)
            if not part:
                return False
            self.raw += part
        self._text += self.raw[:size]
        self.raw = self.raw[size + 2 :]
        return size > 0

    def _take(self, mark: bytes) -> bytes:
        while mark not in self.raw:
            part = self.sock.recv(65_536)
            if not part:
                return b""
            self.raw += part
        taken, _, self.raw = self.raw.partition(mark)
        return taken


def let_in(person: UUID, backlog: Backlog | None = None) -> None:
    """Everybody is this person, and may listen to every stream of kind `room`."""
    subscriptions.register("room", lambda key, host, names: Grant(person, names, backlog))
