"""Many sockets that want nothing, and readers that read nothing: whoever came to listen goes on hearing."""

from __future__ import annotations

import contextlib
import gc
import resource
import socket
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from concord.live import hub, subscriptions
from concord.live.hub import LOG_BYTES
from concord.live.subscriptions import Grant
from concord.live.tests.listening import Ear
from concord.site import serving
from concord.site.front import Front
from concord.site.serving import raise_file_limit
from concord.site.tests.running import connect, exchange, running
from concord.site.tests.test_front import GET, echo, seen

SOCKETS = 5_000
EACH = 24_000
"""Bytes that one silent socket may cost, with the end of it that this test holds itself."""
PATIENCE = 60.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """One server for the whole file, whose kernel waits for a second only for a peer that takes nothing."""
    raise_file_limit()
    kept, patience = dict(subscriptions._authorisers), serving.SILENT_SECONDS
    subscriptions.register("room", lambda key, host, names: Grant(UUID(key), names))
    serving.SILENT_SECONDS = 1
    try:
        with running(Front(echo, threads=2)) as port:
            yield port
    finally:
        serving.SILENT_SECONDS = patience
        subscriptions._authorisers.clear()
        subscriptions._authorisers.update(kept)


def ear(port: int, room: str = "a") -> Ear:
    return Ear(port, f"s=room:{room}", session=str(uuid4())).opened()


def memory() -> int:
    gc.collect()
    resident = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(resident) * resource.getpagesize()


def until(holds: object, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_whoever_reads_nothing_holds_up_nobody_costs_little_and_is_let_go(port: int) -> None:
    deaf = [ear(port, "b") for _ in range(100)]
    listening = ear(port, "b")
    for one in deaf:
        one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    before = memory()
    for number in range(1, 301):
        hub.publish("room:b", "post", "x" * 30_000, number=number)
        assert listening.next().id == f"room:b-{number}"
    # 300 posts of 30 kB were said to a hundred who did not listen: 900 MB, had anybody kept them.
    assert memory() - before < 100 * 200_000 + 4 * LOG_BYTES
    until(lambda: hub.listeners("room:b") == 1, "those who read nothing were not let go")
    hub.publish("room:b", "post", "and it goes on", number=301)
    assert listening.next().data == "and it goes on"
    for one in deaf:
        with contextlib.suppress(OSError):
            one.close()


def test_five_thousand_half_open_sockets_keep_nobody_from_hearing_or_reading(port: int) -> None:
    """Each has said half of a request and no more. Both ends of it lie in this process."""
    granted, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = min(SOCKETS, (granted - 500) // 2)
    if many < SOCKETS:
        warnings.warn(f"ONLY {many} SOCKETS: no more than {granted} open files here", stacklevel=1)
    listening = ear(port)
    before, half_open = memory(), []
    try:
        for number in range(many):
            sock = connect(port)
            if number % 2:
                sock.sendall(b"GET /live/?s=room:a HTTP/1.1\r\nHost: localhost\r\nCookie: ")
            half_open.append(sock)
        hub.publish("room:a", "post", "heard all the same")
        assert listening.next().data == "heard all the same"
        assert seen(exchange(port, GET))[0] == "/page"
        newcomer = ear(port)
        hub.publish("room:a", "post", "by those who come later too")
        assert newcomer.next().data == "by those who come later too"
        assert memory() - before < many * EACH
    finally:
        for sock in half_open:
            sock.close()
