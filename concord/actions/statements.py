"""Statements: the bytes that people sign about a decision that stands. No table, so that an audit asks here too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

ENDS = b"concord: this decision ends\n"
CONFIRMED = b"concord: I confirm this decision\n"
BY_HAND = b"concord: I did this by hand\n"


def ending_text(
    decision: UUID,
    *,
    how: str,
    review: UUID | None,
    ends_at: datetime,
    only: UUID | None = None,
) -> bytes:
    """Which decision, how, by whose review, when it ends; and which step of it, where the others go on."""
    parts = (decision, how, review or "-", ends_at.isoformat(), *([only] if only else []))
    return ENDS + "\n".join(str(part) for part in parts).encode()


def confirmation_text(decision: UUID, *, late: UUID, digest: str) -> bytes:
    """Which decision, after whose stepping out, and the digest of the very text."""
    return CONFIRMED + f"{decision}\n{late}\n{digest}".encode()


def by_hand_text(warrant: UUID, *, digest: str) -> bytes:
    """Which effect, and the SHA-256 of what was said of it, which lies sealed."""
    return BY_HAND + f"{warrant}\n{digest}".encode()
