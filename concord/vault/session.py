"""An open keyring between requests: sealed in the session row, under a key that only the browser holds.

The row alone opens nothing, the cookie alone opens nothing. Until the second factor has passed the keyring
is *pending*: it serves nobody, and after five minutes it is gone.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from concord.vault import cookies, files, sealing
from concord.vault.errors import Tampered
from concord.vault.keyring import Keyring

SLOT = "vault"
PENDING_LIFETIME = timedelta(minutes=5)


class VaultMiddleware:
    """Sets `request.keyring` (None when none is open), makes owed grants, writes the key's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        keyring = current(request)
        request.keyring = keyring  # type: ignore[attr-defined]
        if keyring is not None:
            files.settle(keyring, at=timezone.now())
        response = self.get_response(request)
        cookies.write(request, response)
        return response


def hold(
    request: HttpRequest, keyring: Keyring, *, pending: bool, at: datetime | None = None
) -> None:
    """Keep an open keyring for this browser's session; pending: until the second factor has passed."""
    key = cookies.give_key(request, SLOT)
    since = (at or timezone.now()).isoformat()
    about = _about(keyring.holder.hex, since, pending)
    sealed = sealing.seal_under(key, keyring.secret(), about=about)
    request.session[SLOT] = {
        "holder": keyring.holder.hex,
        "since": since,
        "pending": pending,
        "sealed": base64.b64encode(sealed).decode("ascii"),
    }
    request.keyring = None if pending else keyring  # type: ignore[attr-defined]


def confirm(request: HttpRequest, *, at: datetime | None = None) -> Keyring | None:
    """The second factor has passed: open the pending keyring, under a fresh key. None when it is gone."""
    keyring = _held(request, pending=True, at=at or timezone.now())
    if keyring is not None:
        hold(request, keyring, pending=False, at=at)
    return keyring


def current(request: HttpRequest, *, at: datetime | None = None) -> Keyring | None:
    """The keyring open in this request, or None: never a pending one."""
    return _held(request, pending=False, at=at or timezone.now())


def is_pending(request: HttpRequest, *, at: datetime | None = None) -> bool:
    """Whether a keyring waits in this session for the second factor, and has not run out."""
    return _held(request, pending=True, at=at or timezone.now()) is not None


def is_open_in(stored: Mapping[str, Any]) -> bool:
    """Whether a session's own store says that a keyring is open in it: for a stream, which has no request.

    It opens nothing: that takes the key which only the browser holds.
    """
    row = stored.get(SLOT)
    return row is not None and row["pending"] is False


def holder_in(stored: Mapping[str, Any]) -> UUID | None:
    """Whose keyring lies in a session's own store, pending or open."""
    row = stored.get(SLOT)
    return UUID(row["holder"]) if row else None


def drop(request: HttpRequest) -> None:
    """Close the keyring, pending or open, and take the key from the browser."""
    cookies.take_key(request, SLOT)
    request.session.pop(SLOT, None)
    request.keyring = None  # type: ignore[attr-defined]


def _held(request: HttpRequest, *, pending: bool, at: datetime) -> Keyring | None:
    key = cookies.key_in(request, SLOT)
    row = request.session.get(SLOT) if key else None
    if key is None or row is None or row["pending"] is not pending:
        return None
    if pending and at - datetime.fromisoformat(row["since"]) > PENDING_LIFETIME:
        drop(request)
        return None
    try:
        about = _about(row["holder"], row["since"], pending)
        secret = sealing.open_under(key, base64.b64decode(row["sealed"]), about=about)
    except Tampered:
        return None
    return Keyring.from_secret(UUID(row["holder"]), secret)


def _about(holder: str, since: str, pending: bool) -> str:
    return f"vault.session:{holder}:{since}:{pending}"
