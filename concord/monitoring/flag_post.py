"""flag_post: somebody asks a person to look at a post (R-FLAG-1, R-BOTH-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.monitoring.models import Flag
from concord.monitoring.own_flag import token_of
from concord.monitoring.raise_flag import check_may_flag, raise_flag
from concord.monitoring.seen import Seen
from concord.refusals import Refused
from concord.spaces.models import Post


class PostIsGone(Refused):
    """The post was taken out of view before the flag came; nothing is left to look at."""

    words = _("This post has already been removed. Thank you for telling us.")
    status = 409


@transaction.atomic
def flag_post(post: Post, *, words: str, by: UUID, by_staff: bool, at: datetime) -> Flag:
    """Raise a flag on a post, with a sealed copy of it; `words` may be empty.

    The same person flagging the same post again gets the same flag. Raises PostIsGone,
    OnlyThoseInTheRoom, access.NotAdmitted.
    """
    check_may_flag(post.room, by=by, by_staff=by_staff, at=at)
    raised_token = token_of(post, by=by)
    known = Flag.objects.filter(raised_token=raised_token).first()
    if known is not None:
        return known
    if post.removed:
        raise PostIsGone(subject=post.id)
    return raise_flag(
        Seen.of_post(post, words=words, by=by),
        room=post.room,
        post=post,
        raised_token=raised_token,
        by_staff=by_staff,
        at=at,
    )
