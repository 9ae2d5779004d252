"""find: the box that a typed code opens."""

from __future__ import annotations

import hmac

from concord.letterbox.codes import ALPHABET, LENGTH, understand
from concord.letterbox.models import Box
from concord.letterbox.opening import locator, private_key

NOBODYS = ALPHABET[1] * LENGTH
"""Stands in for what cannot be a code: its check is wrong, so no box has it."""


def find(typed: str) -> Box | None:
    """The box, or None. Mistyped, unknown and purged codes cost the same work and get the same answer."""
    code = understand(typed) or NOBODYS
    public = bytes(private_key(code).public_key)
    box = Box.objects.filter(locator=locator(code)).first()
    known = bytes(box.reading_public) if box else bytes(32)
    return box if hmac.compare_digest(public, known) else None
