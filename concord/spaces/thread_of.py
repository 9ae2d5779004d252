"""thread_of: one post and everything that was answered to it, however deep, in the order of the room."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from concord.spaces.models import Post, Room

MOST = 200
"""Posts of one thread on its page, and how many answers above one are followed: deeper nobody reads on."""
MOST_LOOKED_AT = 10 * MOST
"""Of which some are of people whom this reader hides: they take nobody's place."""
ABOVE = """
    WITH RECURSIVE above(id, comment_on_id, steps) AS (
        SELECT id, comment_on_id, 0 FROM spaces_post WHERE id = %s
        UNION ALL
        SELECT post.id, post.comment_on_id, above.steps + 1
        FROM spaces_post post JOIN above ON post.id = above.comment_on_id WHERE above.steps < %s
    ) SELECT id FROM above"""
BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM spaces_post WHERE id = %s
        UNION ALL
        SELECT post.id FROM spaces_post post JOIN below ON post.comment_on_id = below.id
    ) SELECT id FROM below LIMIT %s"""


def thread_of(room: Room, number: int, *, without: frozenset[UUID]) -> list[Post]:
    """The thread that the post of this number belongs to, its first post first; empty when it is not there.

    `without`: registrations whose posts this reader hides, and with each what was answered to it. As many questions
    for a chain of answers as for one: whoever made it long cannot make it costly.
    """
    shown = room.posts.to_show().exclude(registration__in=without)
    asked = shown.filter(number=number).first()
    if asked is None:
        return []
    above = shown.in_bulk(_ids(ABOVE, asked.id, MOST - 1))
    first = asked
    while first.comment_on_id in above:
        first = above[first.comment_on_id]
    found = {first.id: first}
    for one in shown.filter(id__in=_ids(BELOW, first.id, MOST_LOOKED_AT)):
        if one.comment_on_id in found:
            found[one.id] = one
    return list(found.values())[:MOST]


def _ids(query: str, start: UUID, most: int) -> list[UUID]:
    """Ids of posts, along their answers, from one of them."""
    key = Post._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(query, [key.get_db_prep_value(start, connection), most])
        return [key.to_python(id) for (id,) in cursor.fetchall()]
