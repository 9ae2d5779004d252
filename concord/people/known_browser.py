"""known_browser: what lets a browser in which somebody signed in before go first, when strangers crowd the desk's door.

It opens nothing and names nobody: a random half, and a hash of it and of the person under the installation's key.
Only together with the sign-in name of that very person does it say anything.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest

from concord.vault import cookies, environment

COOKIE = "before"
LIFETIME = timedelta(days=180)
HALF = cookies.KEY_BYTES // 2


def know_again(request: HttpRequest, person: UUID) -> None:
    """Both steps have passed here: leave it in this browser, for as long as nobody signs in there."""
    half = secrets.token_bytes(HALF)
    cookies.give_key(request, COOKIE, lifetime=LIFETIME, key=half + _hash(half, person))


def is_known(request: HttpRequest, person: UUID) -> bool:
    """Whether this person signed in from this browser before."""
    key = cookies.key_in(request, COOKIE) or b""
    return hmac.compare_digest(key[HALF:], _hash(key[:HALF], person))


def _hash(half: bytes, person: UUID) -> bytes:
    return environment.mac("browser that signed in", half + person.bytes, HALF)
