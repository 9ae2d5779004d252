"""What a report holds, as it was typed. Plain only in memory, on its way into the vault or to a reader."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from concord.convenings.called_now import Called, called_now
from concord.convenings.models import Registration
from concord.spaces.models import Post, Room


@dataclass(frozen=True)
class Source:
    """The post, room or person the form was opened from; a post travels along as it was.

    `known_as` and `renames` are those of `monitoring.seen.Seen`.
    """

    kind: str
    id: UUID
    room: str = ""
    excerpt: str = ""
    author: str = ""
    author_id: UUID | None = None
    known_as: str = ""
    renames: int = 0

    @property
    def called(self) -> str:
        """Whom it is about, in words that can be shown; empty for a room."""
        return self.author or (gettext("Somebody who took part") if self.author_id else "")

    def as_called_now(self) -> Source:
        """Under the name they go by there now; a name given up is not called up again (V-MISGENDER-1)."""
        if self.author_id is None:
            return self
        registered = Registration.objects.filter(
            **{"posts" if self.kind == "post" else "id": self.id}
        )
        near = set(registered.values_list("convening", flat=True))
        theirs = called_now([self.author_id]).get(self.author_id, Called())
        name = theirs.there(self.author, renames=self.renames, near=near)
        return replace(self, author=name, known_as=self.author)

    @classmethod
    def of(cls, thing: Post | Room | Registration) -> Source:
        if isinstance(thing, Room):
            return cls("room", thing.id, room=thing.name)
        people = Registration.objects.select_related("person")
        if isinstance(thing, Registration):
            return cls("person", thing.id, **_named(people.filter(id=thing.id).first()))
        return cls(
            "post",
            thing.id,
            room=thing.room.name,
            excerpt=thing.text,
            **_named(people.filter(posts=thing.id).first()),
        )


def _named(registration: Registration | None) -> dict[str, Any]:
    if registration is None:
        return {}
    return {
        "author": registration.display_name,
        "author_id": registration.person_id,
        "renames": registration.person.renames,
    }


@dataclass(frozen=True)
class Told:
    """One report's contents; only `text` is never empty. `hear`: nothing, answer or done.

    `involved` is False once the reporter said that they want no further part in it. `may_translate`: their yes to a
    translator outside the team. `channel`: by the form, told to somebody on the team, or as a question.
    """

    text: str
    where: str = ""
    when: str = ""
    who: str = ""
    wishes: str = ""
    contact: str = ""
    kinds: tuple[str, ...] = ()
    hear: str = "answer"
    language: str = "en"
    about_team: bool = False
    danger: bool = False
    involved: bool = True
    may_translate: bool = False
    channel: str = "form"
    source: Source | None = None

    URGENT_KINDS = frozenset({"threat", "retal"})

    @property
    def is_urgent(self) -> bool:
        """From ticked boxes only: no machine reads a report for how serious it sounds."""
        return self.danger or not self.URGENT_KINDS.isdisjoint(self.kinds)

    @property
    def all_words(self) -> str:
        """Everything typed, for matching in memory while it passes through."""
        typed = [self.text, self.where, self.when, self.who, self.wishes, self.contact]
        return "\n".join(typed)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), default=str, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Told:
        kept: dict[str, Any] = json.loads(plain)
        source = kept["source"]
        if source:
            author = source["author_id"]
            source |= {"id": UUID(source["id"]), "author_id": UUID(author) if author else None}
            kept["source"] = Source(**source)
        return cls(**kept | {"kinds": tuple(kept["kinds"])})
