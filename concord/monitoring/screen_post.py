"""screen_post: a machine reads a post and, where it sees something, asks a person to look (R-MONITOR-1).

It runs after the post is stored and before anybody else sees it, and takes well under a millisecond. Whatever happens
to it, the post stands: what could not be screened is marked, and screened later by `screen_later`.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from concord.monitoring.flag_by_machine import flag_by_machine
from concord.monitoring.models import Flag, TermList, Unscreened
from concord.monitoring.pace import signals_of_pace
from concord.monitoring.protect_name import protected_signals
from concord.monitoring.read_worn_name import worn_signals
from concord.monitoring.screeners import EventScreener, NotReadyYet, screener_of
from concord.monitoring.screening.found import Screened
from concord.spaces.hooks import post_stored
from concord.spaces.models import Post

log = logging.getLogger("concord.monitoring")


@post_stored
def screen_stored(post: Post, *, at: datetime) -> None:
    """Screen a post that has just been stored. Raises nothing: a post that could not be screened is marked."""
    try:
        with transaction.atomic():
            screen_post(post, using=screener_of(post.room.convening_id), at=at)
    except NotReadyYet:
        _mark(post, at=at)
    except Exception:
        log.exception("screening failed", extra={"kind": "screen"})
        _mark(post, at=at)


def screen_post(post: Post, *, using: EventScreener, at: datetime) -> Flag | None:
    """What screening sees in this post, as an item on the desks of whoever reads flags; None for nothing."""
    signals = list(using.screener.screen(post.text).signals)
    if using.protected:
        signals += protected_signals(post, using.protected)
    signals += worn_signals(post, using)
    # What waited to be screened was written when it was written, not all at this moment.
    signals += signals_of_pace(post, at=post.posted_at or at)
    if not signals:
        return None
    _count_along({one.rule for one in signals} & using.shadow, post)
    screened = Screened(tuple(one for one in signals if one.rule not in using.shadow))
    return flag_by_machine(post, screened, at=at) if screened.flagged else None


def _count_along(rules: set[str], post: Post) -> None:
    for one in TermList.objects.filter(convening=post.room.convening_id) if rules else []:
        if one.rule in rules:
            TermList.objects.filter(id=one.id).update(counted=F("counted") + 1)


def _mark(post: Post, *, at: datetime) -> None:
    Unscreened.objects.get_or_create(post=post, defaults={"since": at})
