"""Cookies that hold a key or a keyed hash and nothing else: `__Host-`, so no other host or path sets or reads them.

A change asked for in a request is written by `VaultMiddleware` when the answer leaves.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase

KEY_BYTES = 32
_CHANGES = "_vault_cookies"


def give_key(
    request: HttpRequest, name: str, *, lifetime: timedelta | None = None, key: bytes | None = None
) -> bytes:
    """32 bytes, fresh if none are given, that the answer will leave in this browser for the session or a lifetime."""
    key = key or secrets.token_bytes(KEY_BYTES)
    _changes(request)[name] = (key, lifetime)
    return key


def key_in(request: HttpRequest, name: str) -> bytes | None:
    """The key this browser holds, or was just given; None for none or a malformed one."""
    changes = _changes(request)
    if name in changes:
        return changes[name][0]
    try:
        key = base64.urlsafe_b64decode(request.COOKIES.get(_cookie(name), "").encode("ascii"))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def take_key(request: HttpRequest, name: str) -> None:
    """Have the answer remove the key from this browser, if it holds one."""
    if _cookie(name) in request.COOKIES or name in _changes(request):
        _changes(request)[name] = (None, None)


def write(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put the changes of this request into its answer."""
    for name, (key, lifetime) in _changes(request).items():
        if key is None:
            response.delete_cookie(_cookie(name), path="/", samesite="Strict")
            continue
        response.set_cookie(
            _cookie(name),
            base64.urlsafe_b64encode(key).decode("ascii"),
            max_age=lifetime,
            path="/",
            secure=True,
            httponly=True,
            samesite="Strict",
        )


def _changes(request: HttpRequest) -> dict[str, tuple[bytes | None, timedelta | None]]:
    changes: dict[str, tuple[bytes | None, timedelta | None]]
    changes = request.__dict__.setdefault(_CHANGES, {})
    return changes


def _cookie(name: str) -> str:
    return f"__Host-{name}"
