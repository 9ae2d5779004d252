"""new_voices: rooms in which very many write at once who had never written there, as when a room is raided.

It is counted from the posts as they stand and kept nowhere. It asks nobody and holds nothing: where it is so, the watch
leads to the room's brakes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from concord.spaces.models import Post, Room

WITHIN = timedelta(minutes=3)
MANY = 10
"""So many new people within that time, and more of them than of those who had written before."""
BEGINNING = timedelta(minutes=10)
"""In the first minutes of a session everybody is new."""


def new_voices(rooms: Iterable[Room], *, at: datetime) -> set[UUID]:
    """Those of the rooms that are under way, and where it is so."""
    under_way = [room for room in rooms if _began(room) <= at - BEGINNING]
    lately = Post.objects.kept().filter(room__in=under_way, posted_at__gt=at - WITHIN)
    before = Post.objects.filter(
        room=OuterRef("room"), registration=OuterRef("registration"), posted_at__lte=at - WITHIN
    )
    voices = (
        lately.annotate(known=Exists(before))
        .values("room")
        .annotate(
            new=Count("registration", distinct=True, filter=Q(known=False)),
            old=Count("registration", distinct=True, filter=Q(known=True)),
        )
        .order_by()
    )
    return {one["room"] for one in voices if one["new"] >= MANY and one["new"] > one["old"]}


def _began(room: Room) -> datetime:
    return room.session.starts_at if room.session else room.convening.starts_at
