"""What a code gives: where its box lies, and the key that opens it."""

from __future__ import annotations

from nacl.public import PrivateKey

from concord.letterbox.models import Answer
from concord.vault import environment, sealing


def locator(code: str) -> bytes:
    """The keyed hash under which the code's box is found; useless without the key file."""
    return environment.mac("letterbox locator", code.encode(), 32)


def private_key(code: str) -> PrivateKey:
    """The X25519 key of a code. The code has 95 random bits, so it needs no stretching."""
    return PrivateKey(sealing.expand(code.encode(), purpose="concord letterbox reading"))


def about(answer: Answer) -> str:
    return f"letterbox.answer.sealed:{answer.id}:{answer.box_id}:{answer.kind}"
