"""screen_later: posts that could not be screened when they came are screened as soon as they can be."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from concord.monitoring.models import Unscreened
from concord.monitoring.screen_post import screen_post
from concord.monitoring.screeners import NotReadyYet, make_screener, screener_of
from concord.outbox.models import Job
from concord.outbox.registry import every

BATCH = 500
log = logging.getLogger("concord.monitoring")


@every("monitoring.screen_later", seconds=10)
def screen_later(job: Job | None, *, at: datetime) -> int:
    """Screen what waits, the oldest first. Returns how many were; one that fails again keeps waiting alone."""
    done = 0
    waiting = Unscreened.objects.select_related("post__room", "post__registration")
    for one in waiting.order_by("since", "id")[:BATCH]:
        try:
            with transaction.atomic():
                _screen(one, at=at)
            done += 1
        except Exception:
            log.exception("screening failed", extra={"kind": "screen"})
    return done


def _screen(one: Unscreened, *, at: datetime) -> None:
    post = one.post
    if post.registration_id is not None and not post.removed:
        try:
            using = screener_of(post.room.convening_id)
        except NotReadyYet:
            using = make_screener(post.room.convening_id)
        screen_post(post, using=using, at=at)
    one.delete()
