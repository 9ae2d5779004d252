"""The front over real sockets: slow, broken and oversized requests harm nobody but their senders."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from concord.live import hub, subscriptions
from concord.live.subscriptions import Grant
from concord.site.bodies import Intake, SealedSpool
from concord.site.front import Front
from concord.site.tests.running import connect, exchange, read_all, read_until, running

THREADS = 2
Start = Callable[[str, list[tuple[str, str]]], Any]


def echo(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answers with what a WSGI application gets to see."""
    body = environ["wsgi.input"].read()
    facts = [
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ["CONTENT_LENGTH"],
        hashlib.sha256(body).hexdigest(),
        environ.get("HTTP_X_FORWARDED_PROTO", "-"),
    ]
    answer = " ".join(facts).encode()
    start("200 OK", [("content-length", str(len(answer))), ("connection", "close")])
    return [answer]


@pytest.fixture
def port() -> Iterator[int]:
    with running(Front(echo, threads=THREADS)) as port:
        yield port


def post(body: bytes, *headers: str, length: int | None = None) -> bytes:
    head = [
        "POST /form HTTP/1.1",
        "Host: localhost",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def seen(answer: bytes) -> list[str]:
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return answer.partition(b"\r\n\r\n")[2].decode().split(" ")


def told(port: int, request: bytes) -> bytes:
    """The words of a refusal; the server goes on reading for a while, we do not wait for that."""
    with connect(port) as sock:
        sock.sendall(request)
        return read_until(sock, b"</html>")


GET = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"


# Bodies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_536, 999_999, 1_000_001, 5_000_000])
def test_a_body_arrives_whole_whatever_its_size(port: int, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    facts = seen(exchange(port, post(body)))
    assert facts[2] == str(size)
    assert facts[3] == hashlib.sha256(body).hexdigest()


def test_a_body_of_unknown_length_arrives_with_its_true_length(port: int) -> None:
    request = (
        b"POST /form HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
    )
    assert seen(exchange(port, request))[2] == "6"


def test_fifty_stalled_uploads_do_not_hold_up_an_ordinary_request(port: int) -> None:
    stalled = [connect(port) for _ in range(50)]
    for sock in stalled:
        sock.sendall(post(b"half of it", length=2_000))
    assert seen(exchange(port, GET))[0] == "/page"
    assert seen(exchange(port, post(b"a whole one")))[2] == "11"
    for sock in stalled:
        sock.close()
    assert seen(exchange(port, GET))[0] == "/page"


def test_whoever_hangs_up_halfway_leaves_nothing_behind() -> None:
    intake = Intake()
    before = intake.memory_left, intake.disk_left
    with running(Front(echo, threads=THREADS, intake=intake)) as port:
        for size in (10, 500_000, 3_000_000):
            with connect(port) as sock:
                sock.sendall(post(b"x" * size, length=size + 1))
        assert seen(exchange(port, GET))[0] == "/page"
        wait = threading.Event()
        while (intake.memory_left, intake.disk_left) != before:
            wait.wait(0.01)


def test_a_large_body_lies_on_the_disk_only_sealed(tmp_path: Path, monkeypatch: Any) -> None:
    """The file has no name, so what was written is read through the open descriptor."""
    written: list[bytes] = []
    finish = SealedSpool.finish

    def keep(spool: SealedSpool) -> None:
        finish(spool)
        spool.file.seek(0)
        written.append(spool.file.read())

    monkeypatch.setattr(SealedSpool, "finish", keep)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = b"the name of the survivor " * 100_000
    with running(Front(echo, threads=THREADS)) as port:
        facts = seen(exchange(port, post(body)))
    assert facts[3] == hashlib.sha256(body).hexdigest()
    assert len(written[0]) > len(body)
    assert b"survivor" not in written[0]
    assert list(tmp_path.iterdir()) == []


def test_when_memory_is_full_a_body_waits_on_disk_and_still_arrives() -> None:
    with running(Front(echo, threads=THREADS, intake=Intake(memory=10))) as port:
        assert seen(exchange(port, post(b"more than ten bytes")))[2] == "19"


# Refusals in words ---------------------------------------------------------------------------------


def test_too_large_a_body_is_refused_in_words_before_it_is_sent(port: int) -> None:
    answer = told(port, post(b"x" * 300_000, length=200_000_000)[:300_000])
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Please send fewer or smaller files." in answer


def test_of_a_form_with_files_that_is_too_large_what_was_typed_arrives() -> None:
    typed = b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\nHe wrote again.\r\n'
    file = b'--B\r\nContent-Disposition: form-data; name="attached"; filename="a"\r\n\r\n'
    body = typed + file + b"x" * 200_000 + b"\r\n--B--\r\n"
    head = f"POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: multipart/form-data; boundary=B\r\n\r\n"
    kept: list[bytes] = []

    def keep(environ: Any, start_response: Any) -> list[bytes]:
        kept.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with running(Front(keep, threads=THREADS, intake=Intake(largest=100_000))) as port:
        answer = exchange(port, head.encode() + body)
    assert b"200 OK" in answer
    assert kept[0].startswith(typed + file)
    assert kept[0].endswith(
        b'\r\n--B\r\nContent-Disposition: form-data; name="cut_off"\r\n\r\nyes\r\n--B--\r\n'
    )
    assert len(kept[0]) < 110_000


def test_a_body_that_grows_too_large_is_refused_in_words() -> None:
    with running(Front(echo, threads=THREADS, intake=Intake(largest=1_000))) as port:
        request = (
            b"POST /form HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"7d0\r\n" + b"x" * 2_000 + b"\r\n0\r\n\r\n"
        )
        assert told(port, request).startswith(b"HTTP/1.1 413")


def test_a_sender_that_pauses_too_long_is_told_so() -> None:
    with running(Front(echo, threads=THREADS, intake=Intake(pause=0.05))) as port:
        with connect(port) as sock:
            sock.sendall(post(b"half", length=100))
            answer = read_until(sock, b"</html>")
        assert answer.startswith(b"HTTP/1.1 408")


def test_a_sender_that_trickles_for_ever_is_told_so() -> None:
    with running(Front(echo, threads=THREADS, intake=Intake(total=0.2))) as port:
        with connect(port) as sock:
            sock.sendall(post(b"", length=1_000_000))
            wait, answered = threading.Event(), b""
            sock.settimeout(0.02)
            while not answered:
                sock.sendall(b"x")
                try:
                    answered = sock.recv(12)
                except TimeoutError:
                    wait.wait(0.001)
        assert answered == b"HTTP/1.1 408"


def test_when_nothing_more_can_be_held_senders_are_asked_to_come_back() -> None:
    with running(Front(echo, threads=THREADS, intake=Intake(memory=10, disk=10))) as port:
        answer = told(port, post(b"more than ten bytes"))
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 60" in answer
        assert seen(exchange(port, GET))[0] == "/page"


def test_a_full_disk_is_told_in_words(monkeypatch: Any) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "r+b", 0))  # noqa: SIM115, PTH123
    with running(Front(echo, threads=THREADS)) as port:
        assert told(port, post(b"x" * 2_000_000)).startswith(b"HTTP/1.1 507")
        assert seen(exchange(port, GET))[0] == "/page"


def test_refusals_speak_the_readers_language_and_direction(port: int) -> None:
    request = post(b"", "Accept-Language: ar-EG, en;q=0.5", length=200_000_000)
    assert b'lang="ar" dir="rtl"' in told(port, request)
    request = post(b"", "Accept-Language: xx, *;q=0.1, \xff", length=200_000_000)
    assert b'lang="en" dir="ltr"' in told(port, request)


# Broken requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /page?q=\xd8\xa7 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\nbad header\x00: x\r\n\r\n",
    ],
)
def test_a_malformed_request_harms_only_its_sender(port: int, request_: bytes) -> None:
    with connect(port) as sock:
        sock.sendall(request_)
        sock.shutdown(1)
        answer = read_all(sock)
    assert not answer.startswith(b"HTTP/1.1 5")
    assert seen(exchange(port, GET))[0] == "/page"


@pytest.mark.parametrize(
    "head", [b"GET /" + b"a" * 200_000, b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"a" * 200_000]
)
def test_an_endless_head_is_cut_off(port: int, head: bytes) -> None:
    with connect(port) as sock:
        with suppress(ConnectionError):
            sock.sendall(head)
        answer = read_all(sock)
    assert answer[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400", b"")
    assert seen(exchange(port, GET))[0] == "/page"


def test_a_header_cannot_pose_as_another(port: int) -> None:
    request = b"GET /page HTTP/1.1\r\nHost: localhost\r\nX_Forwarded_Proto: https\r\n\r\n"
    assert seen(exchange(port, request))[4] == "-"


def test_a_failing_application_fails_alone() -> None:
    def breaks(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/form":
            raise RuntimeError("on purpose")
        return echo(environ, start)

    with running(Front(breaks, threads=THREADS)) as port:
        for _ in range(2 * THREADS):
            assert exchange(port, post(b"x")).startswith(b"HTTP/1.1 500")
        assert seen(exchange(port, GET))[0] == "/page"


# Streams, the worker, the end ----------------------------------------------------------------------


def test_streams_hold_no_thread_and_are_sent_away_when_the_server_stops() -> None:
    person = uuid4()
    kept = subscriptions._authorisers.get("room")
    subscriptions.register("room", lambda key, host, names: Grant(person, names))
    streams = []
    try:
        with running(Front(echo, threads=THREADS)) as port:
            for number in range(4 * THREADS):
                sock = connect(port)
                sock.sendall(
                    b"GET /live/?s=room:a HTTP/1.1\r\nHost: localhost\r\n"
                    b"Cookie: __Host-session=%d\r\n\r\n" % number
                )
                read_until(sock, b"\n\n\r\n")
                streams.append(sock)
            assert hub.listeners("room:a") == 4 * THREADS
            assert seen(exchange(port, GET))[0] == "/page"
        delays = {read_all(sock).partition(b"after_ms")[2] for sock in streams}
        assert all(delays)
        assert len(delays) > 1, "they do not all come back at once"
    finally:
        if kept:
            subscriptions.register("room", kept)


def test_what_runs_in_the_background_starts_and_ends_with_the_server() -> None:
    began, ended = threading.Event(), threading.Event()

    def work(stopping: threading.Event) -> None:
        began.set()
        assert stopping.wait(20)
        ended.set()

    with running(Front(echo, threads=THREADS, background=[work])):
        assert began.wait(20)
        assert not ended.is_set()
    assert ended.is_set()
