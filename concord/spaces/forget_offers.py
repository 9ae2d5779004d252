"""forget_offers: that somebody was offered help lines goes when it is not shown any more (workflow.md 4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from concord.outbox.clocks import erases
from concord.spaces.models import HelpOffer


def due(at: datetime) -> Iterator[date]:
    for offer in HelpOffer.objects.filter(until_on__lt=at.date()):
        yield offer.until_on


@erases("spaces.forget_offers", _("help lines that were offered"), due=due)
def forget_offers(*, at: datetime) -> int:
    """Erase what is over. Returns how many went."""
    return HelpOffer.objects.filter(until_on__lt=at.date()).delete()[0]
