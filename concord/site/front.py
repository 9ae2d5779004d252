"""The front: one bare ASGI application before everything.

`/live/` goes to the streams. Everything else is read whole (`bodies`), then handed to Django's WSGI
handler on a bounded pool of threads, so that no sender, however slow, can hold a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from concord.live import streams
from concord.live.hub import Send, chunk, hub
from concord.reports.cut_off import CUT_OFF
from concord.site.bodies import Body, Crowded, Gone, Intake, Receive, TooLarge, Unreadable
from concord.site.language import language_in
from concord.site.padding import padding_for
from concord.site.templatetags.house import styles

BOUNDARY = re.compile(rb'boundary="?([^";,\s]{1,70})"?')
WAITING = 1_000
"""Whole requests that may wait for a thread."""
LINGER = 5.0
"""Seconds to go on reading after a refusal: a sender that is cut off never sees the words."""
ANSWER_QUEUE = 256
"""Pieces of an answer that wait for a slow reader before its thread has to."""

Scope = dict[str, Any]
WSGI = Callable[..., Iterable[bytes]]
Background = Callable[[threading.Event], None]
"""Something that runs in a thread of its own until the event is set."""


class Busy(Unreadable):
    """Every thread is taken, and the queue is full."""

    status = 503
    words = _("Very many people are here just now. Please try again in a moment.")


class Front:
    """The application that the server runs."""

    def __init__(
        self,
        wsgi: WSGI,
        *,
        threads: int,
        background: Iterable[Background] = (),
        intake: Intake | None = None,
    ) -> None:
        self._pages = WSGIMiddleware(
            _reading_whole(wsgi), workers=threads, send_queue_size=ANSWER_QUEUE
        )
        self._intake = intake or Intake()
        self._waiting = 0
        self._background = list(background)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            raise ValueError("only HTTP is spoken here")
        elif scope["path"] == "/live/":
            await streams.app(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._waiting >= WAITING:
                raise Busy
            body = await self._intake.read(
                receive, announced=_announced(scope), ending=_ending(scope)
            )
        except Gone:
            return
        except Unreadable as why:
            await _tell(why, scope, receive, send)
            return
        self._waiting += 1
        try:
            await self._pages(_plain(scope, body), receive, send)  # type: ignore[arg-type]
        finally:
            self._waiting -= 1
            body.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await hub.start()
        for run in self._background:
            thread = threading.Thread(target=run, args=(self._stopping,), daemon=True)
            thread.start()
            self._threads.append(thread)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stopping.set()
        await hub.stop()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, 2.0)
        await send({"type": "lifespan.shutdown.complete"})


def run_worker(stopping: threading.Event) -> None:
    """The outbox's worker, as a thread of this process, until `stopping` is set."""
    from concord.outbox.worker import Worker

    Worker(stopping).run()


def _reading_whole(wsgi: WSGI) -> WSGI:
    """Let the application read the body that we hold, instead of asking the loop piece by piece."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body: Body = environ["asgi.scope"]["concord.body"]
        environ["wsgi.input"] = body.stream()
        return wsgi(environ, start_response)

    return app


def _ending(scope: Scope) -> bytes:
    """What closes a form with files that is cut off, and tells the form so; empty for everything else."""
    sent_as = dict(scope["headers"]).get(b"content-type", b"")
    boundary = BOUNDARY.search(sent_as)
    if not sent_as.startswith(b"multipart/form-data") or boundary is None:
        return b""
    try:
        view = resolve(language_in(scope["path"])[1], settings.ROOT_URLCONF).func
    except Resolver404:
        return b""
    if not getattr(view, "takes_files", False):
        return b""
    named = f'Content-Disposition: form-data; name="{CUT_OFF}"'.encode()
    dashes = b"\r\n--" + boundary[1]
    return dashes + b"\r\n" + named + b"\r\n\r\nyes" + dashes + b"--\r\n"


def _announced(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


def _plain(scope: Scope, body: Body) -> Scope:
    """The scope that Django sees: true length, and no header that looks like another one.

    `X_Forwarded_Proto` would arrive as the same WSGI variable as `X-Forwarded-Proto`.
    """
    unwanted = (b"content-length", b"transfer-encoding")
    headers = [(n, v) for n, v in scope["headers"] if n not in unwanted and b"_" not in n]
    headers.append((b"content-length", str(body.size).encode()))
    return scope | {"headers": headers, "concord.body": body}


async def _tell(why: Unreadable, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a refusal in the reader's language, then read on for a while, so that it arrives."""
    page, policy = _page_of_words(why, scope)
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(page)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    if isinstance(why, Busy | Crowded):
        headers.append((b"retry-after", b"60"))
    status = f"{why.status} {HTTPStatus(why.status).phrase}"
    headers += [
        (n.encode(), v.encode()) for n, v in padding_for(status, _as_text(headers), len(page))
    ]
    await send({"type": "http.response.start", "status": why.status, "headers": headers})
    await send(chunk(page))
    await _let_finish(receive)
    await send(chunk(b"", more=False))


def _as_text(headers: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


async def _let_finish(receive: Receive) -> None:
    try:
        async with asyncio.timeout(LINGER):
            while (message := await receive())["type"] == "http.request":
                if not message.get("more_body"):
                    return
    except TimeoutError:
        return


def _page_of_words(why: Unreadable, scope: Scope) -> tuple[bytes, str]:
    """A kind page, and the content policy with which its style may stand in it."""
    _css, digest = styles(("tokens.css", "base.css"))
    with translation.override(_language(scope)):
        context = {
            "words": why.words,
            "is_too_large": isinstance(why, TooLarge),
            "language": translation.get_language(),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        page = render_to_string("site/not_sent.html", context).encode()
    return page, f"default-src 'none'; style-src '{digest}'; base-uri 'none'; form-action 'none'"


def _language(scope: Scope) -> str:
    """The one in the path, else the first of the browser's that we speak."""
    chosen, _path = language_in(scope["path"])
    if chosen:
        return chosen
    headers = dict(scope["headers"])
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    wanted = [code for code, _weight in parse_accept_lang_header(accepted)]
    for code in wanted:
        with contextlib.suppress(LookupError):
            return translation.get_supported_language_variant(code)
    return settings.LANGUAGE_CODE
