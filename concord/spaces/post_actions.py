"""What a person can do about a post or a room, lent by the rooms above: flagging, say.

Links are built for an id, so that a page can also make them for posts that arrive while it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise


class Act(NamedTuple):
    """A link: what it is called, and its address for the id of a post or a room."""

    label: str | Promise
    address: Callable[[UUID], str]


class Link(NamedTuple):
    label: str | Promise
    href: str


_of_posts: dict[str, Act] = {}
_of_rooms: dict[str, Act] = {}


def on_post(name: str, label: str | Promise, address: Callable[[UUID], str]) -> None:
    """Register a link beside every post, `address(post.id)`. The same name again replaces it."""
    _of_posts[name] = Act(label, address)


def on_room(name: str, label: str | Promise, address: Callable[[UUID], str]) -> None:
    """Register a link at the head of every room, `address(room.id)`."""
    _of_rooms[name] = Act(label, address)


def links_of_post(post: UUID) -> list[Link]:
    return list(_links(_of_posts, post))


def links_of_room(room: UUID) -> list[Link]:
    return list(_links(_of_rooms, room))


def _links(acts: dict[str, Act], about: UUID) -> Iterator[Link]:
    for act in acts.values():
        yield Link(act.label, act.address(about))
