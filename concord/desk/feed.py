"""What is written in open rooms, newest first, a page at a time: what scrolled past is one press away, and counted.

A page that asks for its list again says what stood first on it. Where more came than fits on a page it is told how
many, and keeps being told until somebody has gone there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import QueryDict

from concord.monitoring.items import COUNTED
from concord.spaces.models import Post, PostQuerySet, Room

NEWEST = 20
AN_HOUR = timedelta(hours=1)
CARRIED = ("newest", "missed")
"""What a page says of the list that it holds when it asks again; no part of any address that is shown."""


class Feed(NamedTuple):
    """One page of posts; before which the next begins, and whether this is itself a later one than the first."""

    posts: list[Post]
    earlier: UUID | None
    is_earlier: bool
    missed: tuple[UUID | None, UUID] | None = None
    """After and before which posts lie that came and were never on this page."""
    how_many_missed: int = 0


def feed(rooms: Iterable[Room], *, asked: QueryDict, at: datetime) -> Feed:
    """The newest posts of these rooms, or with `before` those that came before one; with `newest`, what was missed."""
    there = Post.objects.kept().filter(removed=False)
    posts, before = there.filter(room__in=rooms), _post(asked.get("before", ""))
    page = _of_the_hour(there, rooms, before, at=at)
    if len(page) <= NEWEST:
        page = _newest(posts, before)
    earlier = page[NEWEST - 1].id if len(page) > NEWEST else None
    page = page[:NEWEST]
    if before or not page or "newest" not in asked:
        return Feed(page, earlier, is_earlier=before is not None)
    begin, end = _missed(asked.get("missed", ""))
    newest = _post(asked.get("newest", ""))
    if earlier and (newest is None or _place(newest) < _place(page[-1])):
        begin, end = begin if end else newest, page[-1]
    how_many = _between(posts, begin, end).order_by()[:COUNTED].count() if end else 0
    if end is None or not how_many:
        return Feed(page, earlier, is_earlier=False)
    return Feed(page, earlier, False, (begin.id if begin else None, end.id), how_many)


def _newest(posts: PostQuerySet, before: Post | None) -> list[Post]:
    """A page of them, and one more where there are more."""
    shown = posts.filter(_earlier_than(before)) if before else posts
    shown = shown.select_related("registration", "room")
    return list(shown.order_by("-posted_at", "-number", "-id")[: NEWEST + 1])


def _of_the_hour(
    there: PostQuerySet, rooms: Iterable[Room], before: Post | None, *, at: datetime
) -> list[Post]:
    """The same of the last hour alone, by the index of moments: it mostly is a whole page, of however many posts.

    Asked for by room, SQLite, which keeps no statistics here, would read and sort everything ever said in each.
    """
    since = (before.posted_at if before and before.posted_at else at) - AN_HOUR
    where = Coalesce("room_id", "room_id")  # the same, and no column with an index
    recent = there.filter(posted_at__gte=since).alias(where=where)
    return _newest(recent.filter(where__in=[room.id for room in rooms]), before)


def _missed(said: str) -> tuple[Post | None, Post | None]:
    begin, _comma, end = said.partition(",")
    return _post(begin), _post(end)


def _post(said: str) -> Post | None:
    """The post that an address names. One that was forgotten has no moment any more, and stands nowhere."""
    try:
        return Post.objects.kept().filter(id=UUID(said)).first()
    except ValueError:
        return None


def _place(post: Post) -> tuple[Any, ...]:
    """By which posts of several rooms stand in their order, as in the database."""
    return post.posted_at, post.number, post.id


def _between(posts: PostQuerySet, begin: Post | None, end: Post) -> PostQuerySet:
    found = posts.filter(_earlier_than(end))
    return found.exclude(_earlier_than(begin)).exclude(id=begin.id) if begin else found


def _earlier_than(post: Post) -> Q:
    at_once = Q(posted_at=post.posted_at)
    sooner = Q(number__lt=post.number) | Q(number=post.number, id__lt=post.id)
    return Q(posted_at__lt=post.posted_at) | at_once & sooner
