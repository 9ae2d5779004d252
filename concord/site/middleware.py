"""What every request passes: its host, its headers, its moment."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import set_urlconf

from concord.outbox.clock import clock
from concord.site.padding import padding_for

log = logging.getLogger("concord.site")

PLAIN_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,100}")
MOST_STRANGERS = 100
_strangers: set[str] = set()

Next = Callable[[HttpRequest], HttpResponse]

_POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'{styles}; connect-src 'self'; "
    "{frames}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Padding:
    """Fill every page of the public host up to a whole step, so that its length tells nothing (decision 9).

    The outermost: whatever adds a header or a cookie has done so. Refusals, redirects and errors are pages too.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_public_page(request, response):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            status = f"{response.status_code} {response.reason_phrase}"
            cookies = [("set-cookie", one.OutputString()) for one in response.cookies.values()]
            headers = [*response.items(), *cookies]
            for name, signs in padding_for(status, headers, len(response.content)):
                response.headers[name] = signs
        return response


class Compression(GZipMiddleware):
    """Compress the pages of the public host; decision 9 says why none of them gives a secret away by it.

    Not the desk's: a page there may show what a stranger sent us beside what others told us in confidence.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if not _is_public_page(request, response):
            return response
        return super().process_response(request, response)


def _is_public_page(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        not getattr(request, "is_desk", False)
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
    )


class Hosts:
    """Two front doors with separate cookies: the public's and the desk's, told apart by host name."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            host = request.get_host().split(":", 1)[0].lower()
        except DisallowedHost:
            _tell_stranger(request.META.get("HTTP_HOST", ""))
            raise
        request.is_desk = host in settings.CONCORD_DESK_HOSTS  # type: ignore[attr-defined]
        if request.is_desk:  # type: ignore[attr-defined]
            request.urlconf = settings.CONCORD_DESK_URLCONF
            set_urlconf(settings.CONCORD_DESK_URLCONF)
        response = self.get_response(request)
        if request.is_desk:  # type: ignore[attr-defined]
            for cookie in response.cookies.values():
                cookie["samesite"] = (
                    "Strict"  # no link from elsewhere acts, or tells, as somebody here
                )
        return response


def _tell_stranger(host: str) -> None:
    """Say in the log under which host name we were asked for; each once, and not without end."""
    if PLAIN_HOST.fullmatch(host) and host not in _strangers and len(_strangers) < MOST_STRANGERS:
        _strangers.add(host)
        log.warning("asked for under a host name that is not ours", extra={"host": host})


class Headers:
    """A strict content policy, nothing stored by shared caches, nothing framed, nothing sent elsewhere."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_style_hashes = []  # type: ignore[attr-defined]
        request.csp_frames = []  # type: ignore[attr-defined]
        response = self.get_response(request)
        styles = "".join(f" '{digest}'" for digest in request.csp_style_hashes)  # type: ignore[attr-defined]
        frames = " ".join(request.csp_frames)  # type: ignore[attr-defined]
        frames = f"frame-src {frames}; " if frames else ""
        policy = _POLICY.format(styles=styles, frames=frames)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        if settings.CONCORD_PUBLIC.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


class Moment:
    """One time per request: every verb it calls agrees on when it happened."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)
