"""A real server on a free port, for tests that speak to it through sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from concord.site.serving import Server, listen


@contextmanager
def running(app: Any) -> Iterator[int]:
    """Run the application in a thread; yields its port, and stops as SIGTERM would."""
    with listen("127.0.0.1", 0) as sock:
        server = Server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        while not server.started:
            thread.join(0.01)
        try:
            yield sock.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def connect(port: int) -> socket.socket:
    """A socket to the server; it gives up loudly rather than hang a test."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.settimeout(20)
    return sock


def exchange(port: int, request: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    with connect(port) as sock:
        sock.sendall(request)
        return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    """Everything until the end of the connection, however it ends."""
    parts = []
    try:
        while part := sock.recv(65_536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def read_until(sock: socket.socket, mark: bytes) -> bytes:
    """Everything up to and with the mark. Fails when the connection ends before it."""
    seen = b""
    while mark not in seen:
        part = sock.recv(65_536)
        assert part, f"the connection ended before {mark!r}: {seen!r}"
        seen += part
    return seen
