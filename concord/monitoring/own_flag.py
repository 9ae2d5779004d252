"""own_flag: whoever flagged something sees whether a person has looked at it, and nothing of what came of it.

It is found by the token that their own press left; nobody else's question finds anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from concord.monitoring.models import Flag
from concord.names import token
from concord.spaces.models import Post, Room


def own_flag(place: Post | Room, *, by: UUID, nonce: UUID | None = None) -> Flag | None:
    """The flag this person raised on a post, or on a moment in a room with the form of this nonce."""
    return Flag.objects.filter(raised_token=token_of(place, by=by, nonce=nonce)).first()


def own_flags(posts: Iterable[Post], *, by: UUID) -> set[UUID]:
    """Those of these posts that this person flagged."""
    tokens = {token_of(post, by=by): post.id for post in posts}
    found = Flag.objects.filter(raised_token__in=tokens).values_list("raised_token", flat=True)
    return {tokens[bytes(one)] for one in found}


def token_of(place: Post | Room, *, by: UUID, nonce: UUID | None = None) -> bytes:
    """By which the same press is known again; `nonce` is None for a post, which is flagged once by one person."""
    return token("flag", f"{place.id}:{by}" if nonce is None else f"{place.id}:{by}:{nonce}")
