"""another_language: the report form once more in a language that its reader chose, with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

ASKED = "in"
"""The name of the form's buttons that ask for another language."""


def language_asked(request: HttpRequest) -> str:
    """The language that one of those buttons asks for; empty when the form was sent to be received."""
    code = request.POST.get(ASKED, "")
    return code if code in dict(settings.LANGUAGES) else ""


def in_language(code: str, page: Callable[[], HttpResponse]) -> HttpResponse:
    """The page in this language; the browser alone remembers the choice."""
    with translation.override(code):
        response = page()
    response.headers["Content-Language"] = code
    return remember_language(response, code)


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """Let the browser keep a language, until it is closed."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        secure=True,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response
