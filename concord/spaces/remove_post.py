"""remove_post: take a post out of everyone's view, and keep its text sealed for an undo (R-ACT-DELETE)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record_each
from concord.spaces import news
from concord.spaces.models import Post, Removal, Room
from concord.vault import files


def remove_post(post: Post, *, warrant: UUID, file: UUID, at: datetime) -> Removal:
    """Take the post away from every page, stream and log; seal its text into a vault file.

    The warrant is checked by a trigger: without a true one the insert fails. A post that is already removed
    stays so under its first warrant, and that removal is returned. `about` of the sealed text: `about(post)`.
    """
    [removal] = remove_posts({post.id: warrant}, file=file, at=at)
    return removal


Before = Callable[[list[Post]], object]


@transaction.atomic
def remove_posts(
    warrants: Mapping[UUID, UUID], *, file: UUID, at: datetime, before: Before | None = None
) -> list[Removal]:
    """The same for many posts, each under its warrant: in as few writes as for one, and told together.

    `before` is given those that are about to go, as they stand, with their rooms held.
    """
    rooms = Room.objects.held().filter(id__in=Post.objects.filter(id__in=warrants).values("room"))
    held = {room.id: room for room in rooms.order_by("id")}
    posts = list(Post.objects.filter(id__in=warrants).order_by("room", "number"))
    for post in posts:
        post.room = held[post.room_id]
    standing = list(Removal.objects.filter(post__in=posts, undone_at__isnull=True))
    gone = {removal.post_id for removal in standing}
    going = [one for one in posts if one.id not in gone]
    if before is not None:
        before(going)
    fresh: list[Removal] = []
    for room, theirs in groupby(going, attrgetter("room_id")):
        fresh += _remove_from(held[room], list(theirs), warrants, file=file, at=at)
    return [*standing, *fresh]


def _remove_from(
    room: Room, posts: list[Post], warrants: Mapping[UUID, UUID], *, file: UUID, at: datetime
) -> list[Removal]:
    sealed = files.seal_all(file, {about(post.id): post.text.encode() for post in posts})
    first = room.allot(len(posts))
    removals = Removal.objects.bulk_create(
        Removal(
            post=post,
            warrant=warrants[post.id],
            file=file,
            sealed=text,
            number=number,
            removed_at=at,
        )
        for number, (post, text) in enumerate(zip(posts, sealed, strict=True), first)
    )
    Post.objects.filter(id__in=[post.id for post in posts]).update(text="", removed=True)
    record_each(
        "spaces.remove_post",
        actor=None,
        at=at,
        about={removal.id: {"warrant": removal.warrant} for removal in removals},
    )
    news.tell(room, first, removals[-1].number)
    return removals


def about(post: UUID) -> str:
    """What the sealed text is bound to."""
    return f"removal:{post}"
