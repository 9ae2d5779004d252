"""browser_of: what tells the browser that asked for a way in from any other, for an hour."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from concord.vault import cookies

COOKIE = "asked"
LIFETIME = timedelta(hours=1)


def browser_of(request: HttpRequest) -> bytes:
    """The random key that this browser holds in a `__Host-` cookie; a new one if it held none."""
    return cookies.key_in(request, COOKIE) or cookies.give_key(request, COOKIE, lifetime=LIFETIME)
