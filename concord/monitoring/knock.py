"""knock: one request to a stranger's server, within a few seconds, following nowhere.

Nothing that such a server does can hold us up: it may hang, drip one byte a second, or send us elsewhere. Our one
answer is the number it gave.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class StrangerFailed(Exception):
    """A server of others did not do what was asked; the outbox tries again."""


def knock(url: str, *, headers: Mapping[str, str], body: bytes = b"") -> int:
    """POST and return the status. Raises StrangerFailed without an answer in time, ValueError for an unsafe URL."""
    if not is_safe(url):
        raise ValueError("neither https nor this machine")
    call = _Call(urlsplit(url), headers, body)
    call.start()
    call.join(settings.CONCORD_STRANGER_SECONDS)
    if call.is_alive():
        call.hang_up()
    if call.status is None:
        raise StrangerFailed(call.failed)
    return call.status


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read it: https, or this very machine; no user or password in the address."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises for one that is no number)
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or any(sign.isspace() for sign in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class _Call(Thread):
    """The request, on a thread of its own: looking a name up knows no time limit."""

    def __init__(self, url: SplitResult, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(daemon=True, name="concord-knock")
        self.status: int | None = None
        self.failed = "TimeoutError"
        self._path = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._headers, self._body = headers, body
        host, seconds = url.hostname or "", settings.CONCORD_STRANGER_SECONDS
        self._line: HTTPConnection = (
            HTTPSConnection(host, url.port, timeout=seconds, context=ssl.create_default_context())
            if url.scheme == "https"
            else HTTPConnection(host, url.port, timeout=seconds)
        )

    def run(self) -> None:
        try:
            self._line.request("POST", self._path, body=self._body, headers=dict(self._headers))
            self.status = self._line.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            self.failed = type(error).__name__
        finally:
            self._line.close()

    def hang_up(self) -> None:
        """End what still runs; the thread then ends by itself."""
        line = self._line.sock
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
