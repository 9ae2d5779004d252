"""code_at: the six digits of a second factor at a moment (RFC 6238), as an authenticator app shows them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

PERIOD = 30


def code_at(secret: str, at: datetime) -> str:
    """The code of a base32 secret at `at`."""
    counter = int(at.timestamp()) // PERIOD
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**6:06}"


def seconds_left(at: datetime) -> float:
    """How long the code of `at` will still be the code of the moment."""
    return PERIOD - at.timestamp() % PERIOD
