"""What is committed to and what is signed, as bytes; no table, so that a stranger's machine computes the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

PROPOSED = b"concord: I propose this version\n"
AGREED = b"concord: I agree to this version\n"


def commitment_of(effect: dict[str, Any], salt: str) -> str:
    """The commitment to one step: SHA-256 over its effect and its salt."""
    return hash_of({**effect, "salt": salt})


def digest_of(manifest: str) -> str:
    """What both people sign of a manifest."""
    return hashlib.sha256(manifest.encode()).hexdigest()


def canonical(thing: Any) -> str:
    """The one way in which a thing is written down before it is hashed."""
    return json.dumps(thing, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(thing: Any) -> str:
    """SHA-256 over its canonical form."""
    return hashlib.sha256(canonical(thing).encode()).hexdigest()
