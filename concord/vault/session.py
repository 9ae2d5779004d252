"""An open keyring between requests: sealed in the session row, under a key that only the browser holds.

The row alone opens nothing, the cookie alone opens nothing. Until the second factor has passed the keyring
is *pending*: it serves nobody, and after five minutes it is gone. Open, it lasts until the session's own end, whatever
happens. Nobody's hand on it for a while, or one press, and it is *locked*: the sealed keyring leaves the row and the
key leaves the browser. Only the holder's name and the end are left, and `reopen` takes a keyring that was opened anew.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from concord.outbox.clock import clock
from concord.vault import cookies, files, sealing
from concord.vault.errors import Tampered
from concord.vault.keyring import Keyring

SLOT = "vault"
PENDING_LIFETIME = timedelta(minutes=5)
SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is known when somebody last did something; each time writes the session's row."""


class VaultMiddleware:
    """Sets `request.keyring` (None when none is open), makes owed grants, writes the key's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        keyring = current(request)
        request.keyring = keyring  # type: ignore[attr-defined]
        if keyring is not None:
            files.settle(keyring, at=clock.now())
        response = self.get_response(request)
        cookies.write(request, response)
        return response


def hold(
    request: HttpRequest,
    keyring: Keyring,
    *,
    pending: bool,
    at: datetime | None = None,
    ends_at: datetime | None = None,
    idle: timedelta | None = None,
) -> None:
    """Keep an open keyring for this browser's session; pending: until the second factor has passed.

    It is gone at `ends_at`, and locked when nobody has been seen for `idle`; None: never.
    """
    key = cookies.give_key(request, SLOT)
    at = at or clock.now()
    row: dict[str, Any] = {
        "holder": keyring.holder.hex,
        "since": at.isoformat(),
        "pending": pending,
        "ends_at": ends_at.isoformat() if ends_at else "",
        "idle": idle.total_seconds() if idle else 0,
        "seen_at": at.isoformat(),
    }
    sealed = sealing.seal_under(key, keyring.secret(), about=_about(row))
    request.session[SLOT] = {**row, "sealed": base64.b64encode(sealed).decode("ascii")}
    request.keyring = None if pending else keyring  # type: ignore[attr-defined]


def confirm(
    request: HttpRequest,
    *,
    at: datetime | None = None,
    ends_at: datetime | None = None,
    idle: timedelta | None = None,
) -> Keyring | None:
    """The second factor has passed: open the pending keyring, under a fresh key. None when it is gone."""
    keyring = _held(request, pending=True, at=at or clock.now())
    if keyring is not None:
        hold(request, keyring, pending=False, at=at, ends_at=ends_at, idle=idle)
    return keyring


def current(request: HttpRequest, *, at: datetime | None = None) -> Keyring | None:
    """The keyring open in this request, or None: never a pending one. Locks what nobody has used for too long."""
    at = at or clock.now()
    row = _row(request.session)
    if row is not None and not row["pending"] and _is_over(row, at):
        drop(request)
        return None
    if row is not None and not row["pending"] and "sealed" in row and _is_idle(row, at):
        lock(request)
        return None
    return _held(request, pending=False, at=at)


def is_pending(request: HttpRequest, *, at: datetime | None = None) -> bool:
    """Whether a keyring waits in this session for the second factor, and has not run out."""
    return _held(request, pending=True, at=at or clock.now()) is not None


def note_presence(request: HttpRequest, *, at: datetime) -> None:
    """Somebody did something, here and now: an open keyring stays open for another while."""
    row = _row(request.session)
    if row is None or "sealed" not in row or row["pending"]:
        return
    if at - datetime.fromisoformat(row["seen_at"]) >= SEEN_EVERY:
        request.session[SLOT] = {**row, "seen_at": at.isoformat()}


def lock(request: HttpRequest) -> None:
    """Close the keyring and leave the session: it opens again until its end, with the holder's own means."""
    row = _row(request.session)
    cookies.take_key(request, SLOT)
    request.keyring = None  # type: ignore[attr-defined]
    if row is not None and not row["pending"]:
        request.session[SLOT] = {name: row[name] for name in row if name != "sealed"}


def is_locked(request: HttpRequest, *, at: datetime | None = None) -> bool:
    """Whether a session that has not ended waits to be opened again. A browser that lost its key waits as well."""
    at = at or clock.now()
    row = _row(request.session)
    if row is None or row["pending"] or _is_over(row, at):
        return False
    return _held(request, pending=False, at=at) is None


def reopen(request: HttpRequest, keyring: Keyring, *, at: datetime) -> None:
    """Open a locked session again until the end that it had. Raises ValueError for what is not locked, or not theirs.

    The session gets a new name: a request that was under way in the old one cannot bring back what it read there.
    """
    if not is_locked(request, at=at) or request.session[SLOT]["holder"] != keyring.holder.hex:
        raise ValueError("This session is not locked, or is somebody else's.")
    _hold_until_its_end(request, keyring, at=at)


def replace(request: HttpRequest, keyring: Keyring, *, at: datetime) -> None:
    """Hold other keys of the same person in place of the open ones. Raises ValueError where none of theirs are open."""
    held = _held(request, pending=False, at=at)
    if held is None or held.holder != keyring.holder:
        raise ValueError("Nothing of theirs is open in this session.")
    _hold_until_its_end(request, keyring, at=at)


def _hold_until_its_end(request: HttpRequest, keyring: Keyring, *, at: datetime) -> None:
    """Under a new name of the session, until the end that it had."""
    row = request.session[SLOT]
    request.session.cycle_key()
    ends_at = datetime.fromisoformat(row["ends_at"]) if row["ends_at"] else None
    idle = timedelta(seconds=row["idle"]) if row["idle"] else None
    hold(request, keyring, pending=False, at=at, ends_at=ends_at, idle=idle)


def ends_at(request: HttpRequest) -> datetime | None:
    """When this session's keyring is gone, whatever happens; None when there is none, or no such end."""
    row = _row(request.session)
    return datetime.fromisoformat(row["ends_at"]) if row and row["ends_at"] else None


def idle_seconds(request: HttpRequest) -> int:
    """After how long without anybody it locks; 0: never."""
    row = _row(request.session)
    return int(row["idle"]) if row else 0


def is_open_in(stored: Mapping[str, Any], *, at: datetime | None = None) -> bool:
    """Whether a session's own store says that a keyring is open in it: for a stream, which has no request.

    It opens nothing: that takes the key which only the browser holds.
    """
    row, at = _row(stored), at or clock.now()
    if row is None or row["pending"] or "sealed" not in row:
        return False
    return not _is_over(row, at) and not _is_idle(row, at)


def scrubbed(stored: Mapping[str, Any], *, at: datetime) -> dict[str, Any] | None:
    """A session's store without the keyring that is over its time in it; None when nothing in it is."""
    row = _row(stored)
    if row is None or row["pending"] or "sealed" not in row:
        return None
    if not _is_over(row, at) and not _is_idle(row, at):
        return None
    return {**stored, SLOT: {name: row[name] for name in row if name != "sealed"}}


def holder_in(stored: Mapping[str, Any]) -> UUID | None:
    """Whose keyring lies in a session's own store, pending or open."""
    row = _row(stored)
    return UUID(row["holder"]) if row else None


def drop(request: HttpRequest) -> None:
    """Close the keyring, pending or open, and take the key from the browser."""
    cookies.take_key(request, SLOT)
    request.session.pop(SLOT, None)
    request.keyring = None  # type: ignore[attr-defined]


def _held(request: HttpRequest, *, pending: bool, at: datetime) -> Keyring | None:
    key = cookies.key_in(request, SLOT)
    row = _row(request.session) if key else None
    if key is None or row is None or row["pending"] is not pending or "sealed" not in row:
        return None
    if pending and at - datetime.fromisoformat(row["since"]) > PENDING_LIFETIME:
        drop(request)
        return None
    try:
        secret = sealing.open_under(key, base64.b64decode(row["sealed"]), about=_about(row))
    except Tampered:
        return None
    return Keyring.from_secret(UUID(row["holder"]), secret)


def _row(stored: Any) -> dict[str, Any] | None:
    """What a session's store says of its keyring; None for nothing, and for what an older version left."""
    row: dict[str, Any] | None = stored.get(SLOT)
    return row if row is not None and "idle" in row else None


def _is_over(row: Mapping[str, Any], at: datetime) -> bool:
    return bool(row["ends_at"]) and at >= datetime.fromisoformat(row["ends_at"])


def _is_idle(row: Mapping[str, Any], at: datetime) -> bool:
    idle = timedelta(seconds=row["idle"])
    return bool(idle) and at - datetime.fromisoformat(row["seen_at"]) >= idle


def _about(row: Mapping[str, Any]) -> str:
    """Neither the end nor the time until it locks can be changed in the row: it would not open any more."""
    bound = (row["holder"], row["since"], row["pending"], row["ends_at"], row["idle"])
    return "vault.session:" + ":".join(str(one) for one in bound)
