"""What a page weighs on the wire is a whole number of steps, whatever it says; none gives away which it was."""

from __future__ import annotations

import gzip

import pytest

from concord.site.asgi import make_application
from concord.site.padding import LONGEST_LINE, STEP, padding_for
from concord.site.tests.running import exchange, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port():
    with running(make_application(worker_thread=False)) as port:
        yield port


def ask(port: int, path: str, *lines: str, host: str = "localhost", body: bytes = b"") -> bytes:
    method = "POST" if body else "GET"
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    answer = exchange(port, "\r\n".join([*head, "", ""]).encode() + body)
    return answer.replace(b"connection: close\r\n", b"", 1)  # the answer to ours, not the page's


PAGES = ["/report", "/report/box", "/", "/help", "/policy", "/nothing-here", "/ar/help"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_whole_steps(port, path):
    for accepted in ("gzip", "identity"):
        answer = ask(port, path, f"Accept-Encoding: {accepted}", "Accept-Language: ar")
        assert len(answer) % STEP == 0, answer[:300]


def test_answers_with_a_cookie_and_refusals_weigh_whole_steps(port):
    assert b"set-cookie" in (answer := ask(port, "/report/box")).lower()
    assert len(answer) % STEP == 0
    assert len(ask(port, "/report", body=b"text=")) % STEP == 0
    assert len(ask(port, "/report", body=b"text=What+happened")) % STEP == 0
    assert len(ask(port, "/policy", host="elsewhere.example")) % STEP == 0


def test_what_the_front_refuses_weighs_whole_steps(port):
    head = b"POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n"
    answer = exchange(port, head)
    assert answer.startswith(b"HTTP/1.1 413")
    assert len(answer) % STEP == 0


def test_two_padded_answers_differ_only_by_their_padding(port):
    first, second = ask(port, "/report/box"), ask(port, "/report/box")
    assert len(first) == len(second)
    assert first.partition(b"x-padding-1: ")[2][:200] != second.partition(b"x-padding-1: ")[2][:200]


def test_no_line_is_longer_than_a_proxy_takes_and_none_shrinks_in_http_2():
    for body in range(STEP):
        lines = padding_for("200 OK", [("content-type", "text/html")], body)
        assert all(len(f"{name}: {signs}\r\n") <= LONGEST_LINE for name, signs in lines)
    assert set(lines[0][1]) <= set("XZ*&")


def test_pages_are_compressed_where_a_browser_reads_that(port):
    answer = ask(port, "/report", "Accept-Encoding: gzip")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head
    assert b'name="text"' in gzip.decompress(body)


def test_the_desk_is_neither_compressed_nor_padded(port):
    answer = ask(port, "/in", "Accept-Encoding: gzip", host="desk.localhost")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"content-encoding" not in answer
    assert b"x-padding" not in answer
