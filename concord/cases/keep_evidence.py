"""keep_evidence: seal posts into the case as they were, before they go (R-ACT-DELETE)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from concord.cases.models import Case, Evidence
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.keyring import Keyring


def keep_evidence(case: Case, *, posts: Iterable[Post], at: datetime) -> list[Evidence]:
    """Keep one sealed copy of each. Only the public half of the case's key is needed. Twice keeps the first."""
    wanted = {post.id: post for post in posts}
    kept = list(Evidence.objects.filter(case=case, post__in=wanted))
    for one in kept:
        del wanted[one.post]
    prefetch_related_objects(list(wanted.values()), "registration", "room")
    sealed = files.seal_all(
        case.file, {about_evidence(case, id): _contents(post) for id, post in wanted.items()}
    )
    return [
        *kept,
        *Evidence.objects.bulk_create(
            Evidence(case=case, post=id, sealed=copy, kept_at=at)
            for id, copy in zip(wanted, sealed, strict=True)
        ),
    ]


def _contents(post: Post) -> bytes:
    contents = {
        "author": post.author,
        "room": post.room.name,
        "number": post.number,
        "posted_at": post.posted_at.isoformat() if post.posted_at else "",
        "text": post.text,
    }
    return json.dumps(contents).encode()


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
