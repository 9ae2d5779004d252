"""issue: make a box and the code that opens it."""

from __future__ import annotations

from datetime import datetime

from concord.letterbox.codes import SECRET_BYTES, encode, in_fours
from concord.letterbox.models import Box
from concord.letterbox.opening import locator, private_key
from concord.vault import environment

NONCE_BYTES = 16


def issue(nonce: bytes, *, purpose: str, at: datetime) -> tuple[str, Box]:
    """The code, in fours, and its box. A form sent twice has one nonce, hence one code and one box.

    `nonce` has at least 16 random bytes and is not kept; without it the key file alone gives no code.
    Raises ValueError for a shorter one.
    """
    if len(nonce) < NONCE_BYTES:
        raise ValueError("A nonce has at least 16 random bytes.")
    secret = environment.mac(f"letterbox code {purpose}", nonce, SECRET_BYTES)
    code = encode(secret)
    box, _created = Box.objects.get_or_create(
        locator=locator(code),
        defaults={
            "purpose": purpose,
            "reading_public": bytes(private_key(code).public_key),
            "made_at": at,
            "used_on": at.date(),
        },
    )
    return in_fours(code), box
