"""forget_posts: some time after an event, what was written in its rooms is forgotten (P-RISK-1, K-PRIV-1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Registration, State
from concord.ledger.record import record
from concord.outbox.clocks import erases
from concord.spaces.models import Announcement, Post, Renaming, Room

BATCH = 200
"""Posts in one transaction. What was forgotten stays so when the next batch fails; the next run goes on."""


def forget_posts(*, at: datetime) -> None:
    """Delete the posts of events over for CONCORD_KEEP_POSTS_DAYS, and registrations that only they still held.

    A post that a flag or a removal points at stays as a row without text, author or time: that there was one in
    this room, under this number. The copy sealed with a removal follows its decision. Twice is once.
    """
    moment = at - timedelta(days=settings.CONCORD_KEEP_POSTS_DAYS)
    for convening in Convening.objects.over_since(moment).filter(state=State.ENDED):
        for room in Room.objects.filter(convening=convening):
            _forget_in(room, at=at)
        Registration.objects.filter(
            convening=convening, display_name="", posts__isnull=True
        ).delete()


def due(at: datetime) -> Iterator[date]:
    """One day for each post that would go."""
    days = timedelta(days=settings.CONCORD_KEEP_POSTS_DAYS)
    for convening in Convening.objects.over_since(at - days).filter(state=State.ENDED):
        over = (convening.ended_at or convening.ends_at) + days
        kept = Post.objects.kept().filter(room__convening=convening)
        yield from [over.date()] * kept.count()


erases("spaces.forget_posts", _("posts of events that are over"), due=due)(forget_posts)


def _forget_in(room: Room, *, at: datetime) -> None:
    while Post.objects.kept().filter(room=room).exists():
        _forget_some(room, at=at)


@transaction.atomic
def _forget_some(room: Room, *, at: datetime) -> None:
    """One batch, while the room is held: no removal and no undo comes in between."""
    Room.objects.held().get(id=room.id)
    kept = Post.objects.kept().filter(room=room)
    posts = list(kept.order_by("number")[:BATCH])
    ids = [post.id for post in posts]
    Post.objects.filter(comment_on__in=ids).update(comment_on=None)
    Post.objects.filter(id__in=ids).update(comment_on=None)
    try:
        with transaction.atomic():
            Post.objects.filter(id__in=ids).delete()
    except ProtectedError:  # at least one of them is still pointed at
        _delete_or_blank(posts)
    if not kept.exists():
        Renaming.objects.filter(room=room).delete()
        Announcement.objects.filter(room=room).delete()
        record("spaces.forget_posts", actor=None, subject=room.id, at=at)


def _delete_or_blank(posts: Iterable[Post]) -> None:
    for post in posts:
        try:
            with transaction.atomic():
                post.delete()
        except ProtectedError:
            Post.objects.filter(id=post.id).update(
                registration=None, text="", posted_at=None, nonce=None
            )
