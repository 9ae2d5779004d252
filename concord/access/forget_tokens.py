"""forget_tokens: what a returning login is known by goes with the decision, or after 24 months (workflow.md 4.9).

The shut itself stays: the very account is still refused at the door.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.access.models import ShutToken
from concord.outbox.clocks import erases

LONGEST = timedelta(days=730)


def due(at: datetime) -> Iterator[date]:
    for token in _over(at).select_related("shut"):
        ends = (token.shut.until_at, token.shut.ended_at, token.shut.since_at + LONGEST)
        yield min(end for end in ends if end).date()


@erases("access.forget_tokens", _("tokens of mailboxes under a decision"), due=due)
def forget_tokens(*, at: datetime) -> int:
    """Erase the tokens of shuts that are over, or older than that. Returns how many went."""
    return _over(at).delete()[0]


def _over(at: datetime) -> QuerySet[ShutToken]:
    return ShutToken.objects.filter(
        Q(shut__until_at__lte=at) | Q(shut__ended_at__lte=at) | Q(shut__since_at__lte=at - LONGEST)
    )
