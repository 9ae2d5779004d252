"""remove_post: take a post out of everyone's view, and keep its text sealed for an undo (R-ACT-DELETE)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.spaces import news
from concord.spaces.models import Post, Removal, Room
from concord.vault import files


@transaction.atomic
def remove_post(post: Post, *, warrant: UUID, file: UUID, at: datetime) -> Removal:
    """Take the post away from every page, stream and log; seal its text into a vault file.

    The warrant is checked by a trigger: without a true one the insert fails. A post that is already removed
    stays so under its first warrant, and that removal is returned. `about` of the sealed text: `about(post)`.
    """
    room = Room.objects.held().get(id=post.room_id)
    post = Post.objects.get(id=post.id)
    standing = post.removals.filter(undone_at__isnull=True).first()
    if standing is not None:
        return standing
    removal = Removal.objects.create(
        post=post,
        warrant=warrant,
        file=file,
        sealed=files.seal(file, post.text.encode(), about=about(post.id)),
        number=room.allot(),
        removed_at=at,
    )
    Post.objects.filter(id=post.id).update(text="", removed=True)
    record("spaces.remove_post", actor=None, subject=removal.id, at=at, warrant=warrant)
    news.tell(room, removal.number)
    return removal


def about(post: UUID) -> str:
    """What the sealed text is bound to."""
    return f"removal:{post}"
