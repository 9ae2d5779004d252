"""forget_notices: the text for somebody whom no letter reached goes when it is over (workflow.md 4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.access.models import Notice, NoticeQuerySet
from concord.outbox.clocks import erases


def due(at: datetime) -> Iterator[date]:
    for notice in _over(at):
        yield min(end for end in (notice.until_at, notice.ended_at) if end).date()


@erases("access.forget_notices", _("texts of notices that are over"), due=due)
def forget_notices(*, at: datetime) -> int:
    """Erase the texts that nobody will be shown any more. Returns how many went."""
    return _over(at).update(sealed=None)


def _over(at: datetime) -> NoticeQuerySet:
    past = Q(until_at__lte=at) | Q(ended_at__lte=at)
    return Notice.objects.filter(past, sealed__isnull=False)
