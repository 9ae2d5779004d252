"""thread_of: one post and everything that was answered to it, however deep, in the order of the room."""

from __future__ import annotations

from uuid import UUID

from concord.spaces.models import Post, Room

MOST = 200
"""Posts of one thread on its page; deeper than `MOST` answers nobody reads on."""


def thread_of(room: Room, number: int, *, without: frozenset[UUID]) -> list[Post]:
    """The thread that the post of this number belongs to, its first post first; empty when it is not there.

    `without`: registrations whose posts this reader hides.
    """
    shown = room.posts.to_show().exclude(registration__in=without)
    first = shown.filter(number=number).first()
    if first is None:
        return []
    while first.comment_on_id and (above := shown.filter(id=first.comment_on_id).first()):
        first = above
    found, last = [first], {first.id}
    while last and len(found) < MOST:
        below = list(shown.filter(comment_on__in=last)[: MOST - len(found)])
        found += below
        last = {one.id for one in below}
    return [first, *sorted(found[1:], key=lambda one: one.number)]
