"""What a flag holds: the words of whoever flagged, and the post as it was. Plain only in memory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from concord.spaces.models import Post, Room


@dataclass(frozen=True)
class Seen:
    """The sealed part of a flag. `by` flagged; for a moment there is no excerpt and no author."""

    words: str
    by: UUID
    room: str
    excerpt: str = ""
    author: str = ""
    author_id: UUID | None = None

    @classmethod
    def of_post(cls, post: Post, *, words: str, by: UUID) -> Seen:
        return cls(
            words=words,
            by=by,
            room=post.room.name,
            excerpt=post.text,
            author=post.author,
            author_id=post.author_id,
        )

    @classmethod
    def of_moment(cls, room: Room, *, words: str, by: UUID) -> Seen:
        return cls(words=words, by=by, room=room.name)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), default=str, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Seen:
        kept: dict[str, Any] = json.loads(plain)
        author = kept["author_id"]
        return cls(**kept | {"by": UUID(kept["by"]), "author_id": UUID(author) if author else None})
