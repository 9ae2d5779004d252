"""The language at the beginning of a path: `/ar/report` is the report form in Arabic (I-ANYWAY-1).

The person chooses it by a link, and every link of the page stays in it. The address alone keeps it: no cookie
is left on a device that somebody else may look at, and a host can hand out an address in the reader's language.
Without one the browser's own languages decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

FIRST = re.compile(r"/([a-z]{2,3})(?=/|$)")


def language_in(path: str) -> tuple[str, str]:
    """The language that a path begins with, or an empty string; and the path without it."""
    found = FIRST.match(path)
    if found is None or found[1] not in dict(settings.LANGUAGES):
        return "", path
    return found[1], path[found.end() :] or "/"


class LanguageInPath:
    """Takes the language off the path before anything is looked up by it, and puts it before each address we give."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code, path = language_in(request.path_info)
        if not code:
            return self.get_response(request)
        before = get_script_prefix()
        request.path_info = path
        request.language_in_path = code  # type: ignore[attr-defined]
        set_script_prefix(f"{before}{code}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


class Language(LocaleMiddleware):
    """The language of the path, else the first of the browser's that we speak."""

    def process_request(self, request: HttpRequest) -> None:
        code = getattr(request, "language_in_path", "")
        if code:
            translation.activate(code)
            request.LANGUAGE_CODE = code
        else:
            super().process_request(request)
