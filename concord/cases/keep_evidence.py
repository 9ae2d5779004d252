"""keep_evidence: seal a post into the case as it was, before it goes (R-ACT-DELETE)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from concord.cases.models import Case, Evidence
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.keyring import Keyring


def keep_evidence(case: Case, *, post: Post, at: datetime) -> Evidence:
    """Keep one sealed copy. Only the public half of the case's key is needed. Twice keeps the first."""
    kept = Evidence.objects.filter(case=case, post=post.id).first()
    if kept is not None:
        return kept
    contents = {
        "author": post.author,
        "room": post.room.name,
        "number": post.number,
        "posted_at": post.posted_at.isoformat() if post.posted_at else "",
        "text": post.text,
    }
    sealed = files.seal(
        case.file, json.dumps(contents).encode(), about=about_evidence(case, post.id)
    )
    return Evidence.objects.create(case=case, post=post.id, sealed=sealed, kept_at=at)


def read_evidence(evidence: Evidence, *, keyring: Keyring) -> dict[str, Any]:
    """The post as it was, for somebody with the case's key."""
    contents: dict[str, Any] = json.loads(
        files.unseal(
            evidence.case.file,
            bytes(evidence.sealed),
            about=about_evidence(evidence.case, evidence.post),
            keyring=keyring,
        )
    )
    return contents


def about_evidence(case: Case, post: Any) -> str:
    return f"evidence:{case.id}:{post}"
