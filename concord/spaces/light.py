"""Text only: the room for a slow or a dear line. Nothing is loaded beside the page, and an update stays under 10 kB.

That somebody wants it so is kept in a cookie of their own, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from concord.spaces.models import Announcement, Post

COOKIE = "__Host-light"
LIFETIME = 60 * 60 * 24 * 180
POSTS = 15
BYTES = 4_500
"""Of what people wrote, on one page, with their names and what the team says: hardly more once it is compressed."""
AROUND = 60
"""Bytes beside each post: its links and its time, compressed."""
LONGEST = 700
"""Bytes of one post that are shown; the rest is one press away."""
SHORTEST = 200
"""Where what the team says takes the page, so many of the first post at least."""


def wants_light(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == "1"


def keep_light(response: HttpResponse, *, wanted: bool) -> None:
    """Let the browser keep it, or forget it."""
    age = LIFETIME if wanted else 0
    response.set_cookie(
        COOKIE,
        "1" if wanted else "",
        max_age=age,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def mark_of(announcement: Announcement) -> str:
    """What stands in the address of the next page for an announcement that was read on this one."""
    return announcement.id.hex[:8]


def not_told(standing: list[Announcement], told: str) -> list[Announcement]:
    """Those of the announcements whose mark is not among these: they are read once, and again on the whole room."""
    return [one for one in standing if mark_of(one) not in told.split("-")]


def fit(posts: Iterable[Post], *, beside: Iterable[Announcement] = ()) -> list[Post]:
    """As many of these as one page holds with what stands beside them, in their order; the first always.

    What is cut has an attribute `cut`.
    """
    shown: list[Post] = []
    left = BYTES - sum(len(one.text.encode()) for one in beside)
    for one in posts:
        whole = one.text.encode()
        most = LONGEST if shown else min(LONGEST, max(left, SHORTEST))
        one.cut = whole[:most].decode("utf-8", "ignore") if len(whole) > most else ""  # type: ignore[attr-defined]
        left -= min(len(whole), most) + len(_names(one).encode()) + AROUND
        if shown and (left < 0 or len(shown) >= POSTS):
            break
        shown.append(one)
    return shown


def _names(post: Post) -> str:
    by = post.registration
    return f"{by.display_name}{by.pronouns}" if by else ""
