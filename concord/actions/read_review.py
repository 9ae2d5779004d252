"""read_review: open what somebody who lost access wrote to us; each reading is an entry (K-CONF-1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from concord.actions.models import ReviewRequest
from concord.ledger.record import record
from concord.vault import files
from concord.vault.keyring import Keyring


@dataclass(frozen=True)
class Asked:
    """A request in the clear."""

    words: str
    contact: str


def read_review(request: ReviewRequest, *, keyring: Keyring, at: datetime) -> Asked:
    """What they wrote, and how to reach them. Raises NoGrant for anybody without an active grant."""
    about = f"review:{request.id}"
    plain = json.loads(
        files.unseal(request.file, bytes(request.sealed), about=about, keyring=keyring)
    )
    record("actions.read_review", actor=keyring.holder, subject=request.id, at=at)
    return Asked(words=plain["words"], contact=plain["contact"])


def read_reason(request: ReviewRequest, *, keyring: Keyring) -> str:
    """Why it was decided so; empty before it was. Raises NoGrant."""
    if request.reason_sealed is None:
        return ""
    about = f"review reason:{request.id}"
    return files.unseal(
        request.file, bytes(request.reason_sealed), about=about, keyring=keyring
    ).decode()
