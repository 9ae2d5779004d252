"""The name that somebody writes under stands beside each of their posts, so it is read as a post is (V-OUTING-1).

A former name of somebody else, taken to hurt them, or an insult as a name. A person is asked once for each name, not
for each post.
"""

from __future__ import annotations

from concord.monitoring.models import Sighting
from concord.monitoring.protect_name import NAME, RANK, is_protected_from
from concord.monitoring.screeners import EventScreener
from concord.monitoring.screening.found import FLAGGED_FROM, Signal
from concord.spaces.models import Post

WORN = "worn name"


def worn_signals(post: Post, using: EventScreener) -> list[Signal]:
    """What is seen in the name this post stands under. Its signals mark nothing in the text."""
    if post.registration is None:
        return []
    seen = [
        one
        for one in using.screener.screen(post.author).signals
        if one.rank >= FLAGGED_FROM and one.rule not in using.shadow
    ]
    rank = max((one.rank for one in seen), default=0)
    found = [Signal(WORN, 0, 0, rank, _rule(WORN, post))] if seen else []
    if using.protected and is_protected_from(post, post.author, using.protected):
        found = [
            Signal(NAME, 0, 0, RANK, _rule(f"{WORN}, protected", post)),
            Signal(WORN, 0, 0, max(rank, RANK), _rule(WORN, post)),
        ]
    return found if found and not _was_asked(post, found[0].rule) else []


def _rule(said: str, post: Post) -> str:
    """Another one after each change of the name, so that each name is asked about once."""
    return f"{said} {post.registration.renames if post.registration else 0}"


def _was_asked(post: Post, rule: str) -> bool:
    theirs = Sighting.objects.filter(post__registration=post.registration_id).exclude(post=post)
    return any(rule in rules for rules in theirs.values_list("rules", flat=True))
