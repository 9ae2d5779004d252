"""A box held open in one browser for twenty minutes, under a key that only its cookie holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import HttpRequest

from concord.letterbox.codes import understand
from concord.letterbox.find import find
from concord.letterbox.models import Box, Reading
from concord.letterbox.push import used
from concord.vault import cookies, environment, sealing
from concord.vault.errors import Tampered

SLOT = "letterbox"
LIFETIME = timedelta(minutes=20)
ABOUT = "letterbox.reading.sealed"


class Held(NamedTuple):
    """The box this browser holds open, and the code that opens it."""

    box: Box
    code: str


def hold(request: HttpRequest, typed: str, *, at: datetime) -> Held | None:
    """Open the box of a typed code in this browser for twenty minutes; None, alike, for any that opens none."""
    drop(request)
    box, code = find(typed), understand(typed)
    if box is None or code is None:
        return None
    key = cookies.give_key(request, SLOT, lifetime=LIFETIME)
    Reading.objects.create(
        locator=_locator(key),
        sealed=sealing.seal_under(_sealing_key(key), code.encode(), about=ABOUT),
        ends_at=at + LIFETIME,
    )
    used(box, at=at)
    return Held(box, code)


def current(request: HttpRequest, *, at: datetime) -> Held | None:
    """The box this browser holds open, or None: never opened, time over, box purged."""
    key = cookies.key_in(request, SLOT)
    if key is None:
        return None
    reading = Reading.objects.filter(locator=_locator(key), ends_at__gt=at).first()
    if reading is None:
        return None
    try:
        code = sealing.open_under(_sealing_key(key), bytes(reading.sealed), about=ABOUT).decode()
    except Tampered:
        return None
    box = find(code)
    return Held(box, code) if box else None


def drop(request: HttpRequest) -> None:
    """Close the box in this browser, as its "leave" link does."""
    key = cookies.key_in(request, SLOT)
    if key is not None:
        Reading.objects.filter(locator=_locator(key)).delete()
    cookies.take_key(request, SLOT)


def _locator(key: bytes) -> bytes:
    return environment.mac("letterbox reading", key, 32)


def _sealing_key(key: bytes) -> bytes:
    return sealing.expand(key, purpose="concord letterbox reading session")
