"""Random codes by which staff speak of a thing. Never sequential: a gap in numbering would tell of a case."""

from __future__ import annotations

import secrets

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def random_code() -> str:
    """Two groups of four, such as `K7Q2-M4TX`, without letters that look like digits."""
    first, second = (
        "".join(secrets.choice(_LETTERS) for _ in range(4)),
        "".join(secrets.choice(_LETTERS) for _ in range(4)),
    )
    return f"{first}-{second}"
