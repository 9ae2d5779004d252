"""What upper rooms may do around a post. A hook that fails never costs a person their words.

`before_post` gives advice while the person still writes ("this shows a phone number"); it can refuse
nothing, for nothing that a machine scores may hold, hide or refuse. `post_stored` hears of a post inside
the transaction that stores it, before anybody else sees it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils.functional import Promise

from concord.spaces.models import Post, Room

Words = str | Promise
Adviser = Callable[[Room, str], Words | None]


class Hearer(Protocol):
    def __call__(self, post: Post, *, at: datetime) -> object: ...


Overhearer = Callable[[Sequence[Post]], object]

_advisers: list[Adviser] = []
_hearers: list[Hearer] = []
_overhearers: list[Overhearer] = []
MOST_HEARD = 200
log = logging.getLogger("concord.spaces")


def before_post(adviser: Adviser) -> Adviser:
    """Register `adviser(room, text)`: words to show before the text is sent, or None."""
    _advisers.append(adviser)
    return adviser


def post_stored(hearer: Hearer) -> Hearer:
    """Register `hearer(post, at=…)`. What it writes falls with the post; if it fails, the post stands."""
    _hearers.append(hearer)
    return hearer


def post_heard(hearer: Overhearer) -> Overhearer:
    """Register `hearer(posts)`, for posts that another process stored; some may come twice, and late."""
    _overhearers.append(hearer)
    return hearer


def advice(room: Room, text: str) -> list[Words]:
    """Everything that the advisers have to say about a text before it is sent.

    They only read. A transaction that is open already must not fall with one; one of its own would make it wait for
    whoever writes.
    """
    said = []
    for adviser in _advisers:
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                said.append(adviser(room, text))
        except Exception:
            log.exception("a hook failed", extra={"kind": "before_post"})
    return [words for words in said if words]


def tell_stored(post: Post, *, at: datetime) -> None:
    """Let every hearer know, each in a savepoint of its own."""
    for hearer in _hearers:
        try:
            with transaction.atomic():
                hearer(post, at=at)
        except Exception:
            log.exception("a hook failed", extra={"kind": "post_stored", "post": str(post.id)})


def tell_heard(room: UUID, lowest: int, highest: int) -> None:
    """Let every hearer know of the posts under these numbers, which another process stored."""
    if not _overhearers:
        return
    found = Post.objects.filter(room=room, number__range=(lowest, highest), removed=False)
    posts = list(found.select_related("room", "registration")[:MOST_HEARD])
    for hearer in _overhearers:
        try:
            hearer(posts)
        except Exception:
            log.exception("a hook failed", extra={"kind": "post_heard"})
