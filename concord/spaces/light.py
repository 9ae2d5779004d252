"""Text only: the room for a slow or a dear line. Nothing is loaded beside the page, and an update stays under 10 kB.

That somebody wants it so is kept in a cookie of their own, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from concord.spaces.models import Post

COOKIE = "__Host-light"
LIFETIME = 60 * 60 * 24 * 180
POSTS = 15
BYTES = 4_500
"""Of what people wrote, on one page; with all around it, it weighs twice as much at most."""
LONGEST = 700
"""Bytes of one post that are shown; the rest is one press away."""


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


def fit(posts: Iterable[Post]) -> list[Post]:
    """As many of these as one page holds, in their order; the first always. What is cut has an attribute `cut`."""
    shown: list[Post] = []
    left = BYTES
    for one in posts:
        whole = one.text.encode()
        one.cut = whole[:LONGEST].decode("utf-8", "ignore") if len(whole) > LONGEST else ""  # type: ignore[attr-defined]
        left -= min(len(whole), LONGEST)
        if shown and (left < 0 or len(shown) >= POSTS):
            break
        shown.append(one)
    return shown
