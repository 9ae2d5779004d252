"""What a flag holds: the words of whoever flagged, and the post as it was. Plain only in memory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext

from concord.convenings.models import Registration
from concord.monitoring.screening.found import WORDS, Screened
from concord.spaces.models import Post, Room

MACHINE = UUID(int=0)
"""Stands for screening where a flag says who raised it."""


@dataclass(frozen=True)
class Seen:
    """The sealed part of a flag. `by` flagged; for a moment there is no excerpt and no author.

    `known_as`: the name at the time, where it has been given up since. It finds somebody, and is shown to nobody;
    neither is `by_known_as`, under which whoever flagged took part. `renames`: how many names the author had given up.
    """

    words: str
    by: UUID
    room: str
    excerpt: str = ""
    author: str = ""
    author_id: UUID | None = None
    signals: tuple[dict[str, Any], ...] = ()
    known_as: str = ""
    by_known_as: str = ""
    renames: int = 0

    @classmethod
    def by_machine(cls, post: Post, screened: Screened) -> Seen:
        """The post as it was, with what screening saw in it and where."""
        signals = tuple(
            {
                "name": one.name,
                "start": one.start,
                "end": one.end,
                "rank": one.rank,
                "rule": one.rule,
                "lowered": list(one.lowered),
            }
            for one in screened.signals
        )
        return replace(cls.of_post(post, words="", by=MACHINE), signals=signals)

    @classmethod
    def of_post(cls, post: Post, *, words: str, by: UUID) -> Seen:
        people = Registration.objects.select_related("person")
        wrote = people.filter(posts=post.id).first()
        return cls(
            words=words,
            by=by,
            room=post.room.name,
            excerpt=post.text,
            author=wrote.display_name if wrote else "",
            author_id=wrote.person_id if wrote else None,
            renames=wrote.person.renames if wrote else 0,
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
        known = {"by": UUID(kept["by"]), "author_id": UUID(author) if author else None}
        return cls(**kept | known | {"signals": tuple(kept.get("signals", ()))})

    @property
    def called(self) -> str:
        """The author, in words that can be shown; empty for a moment."""
        return self.author or (gettext("Somebody who took part") if self.author_id else "")

    @property
    def reasons(self) -> list[str | Promise]:
        """Why screening asks, each reason once, in words."""
        return [WORDS[name] for name in dict.fromkeys(one["name"] for one in self.signals)]

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The excerpt in pieces, and which of them screening means."""
        pieces, reached = [], 0
        for start, end in sorted({(one["start"], one["end"]) for one in self.signals}):
            if start < reached or start == end:
                continue
            pieces += [(self.excerpt[reached:start], False), (self.excerpt[start:end], True)]
            reached = end
        return [*pieces, (self.excerpt[reached:], False)]
