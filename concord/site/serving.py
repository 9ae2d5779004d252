"""The server, set up in one place: uvicorn with uvloop and httptools, and what it lacks.

It lacks a limit on the size and the time of a request's head, and a word to open streams when it
is asked to stop. Nothing about a request is logged: no address, no path.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import resource
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from concord.live.hub import hub

HEAD_BYTES = 65_536
HEAD_SECONDS = 20.0
SILENT_SECONDS = 60
"""A peer that has acknowledged nothing for so long is dropped by the kernel, with all it held."""
GRACE = 3
BACKLOG = 4_096
WRITE_HIGH = 32_768

ASGIApp = Callable[..., Any]


def serve(host: str = "127.0.0.1", port: int = 8000, *, worker_thread: bool = True) -> None:
    """Serve Concord until SIGTERM or SIGINT; with `worker_thread`, run the outbox's jobs here too."""
    from concord.site.asgi import make_application

    raise_file_limit()
    server = Server(make_application(worker_thread=worker_thread))
    look_for_rubbish_seldom()
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listen(host, port)])


def listen(host: str, port: int) -> socket.socket:
    """A bound listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_SECONDS * 1_000)
    sock.bind((host, port))
    sock.set_inheritable(True)
    return sock


def raise_file_limit() -> None:
    """Take as many open files as the system grants: each stream is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def look_for_rubbish_seldom() -> None:
    """What was loaded at the start stays; Python need not go through it again and again for what could be freed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Server(uvicorn.Server):
    """A uvicorn server with our limits, that says goodbye to open streams."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http=Protocol,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=GRACE,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send streams away first: uvicorn would wait for them to end by themselves."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hub.farewell(), 1.0)
        await super().shutdown(sockets)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with a limit on how large and how slow a request's head may be."""

    __slots__ = ("_head", "_impatience")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head = 0
        self._impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=WRITE_HIGH)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_complete()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._impatience is not None:
            self._head += len(data)
            if self._head > HEAD_BYTES and not self.transport.is_closing():
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        self._head_complete()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        if self._impatience is None:
            self._head = 0
            self._impatience = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _head_complete(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy:
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            )
        self.transport.close()
