"""forget_names: what people asked to have kept out of an event goes with their registration for it (V-OUTING-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening
from concord.monitoring.models import PassingName, ProtectedName
from concord.outbox.clocks import erases


def due(at: datetime) -> Iterator[date]:
    """One day for each token that would go."""
    days = _days()
    for convening in Convening.objects.over_since(at - days):
        over = (convening.ended_at or convening.ends_at) + days
        yield from [over.date()] * ProtectedName.objects.filter(convening=convening).count()


@erases("monitoring.forget_names", _("names that people had kept out of an event"), due=due)
def forget_names(*, at: datetime) -> int:
    """Erase the tokens of events that are over. Returns how many went."""
    over = Convening.objects.over_since(at - _days())
    PassingName.objects.filter(convening__in=over).delete()
    return ProtectedName.objects.filter(convening__in=over).delete()[0]


def _days() -> timedelta:
    return timedelta(days=settings.CONCORD_KEEP_ADDRESSES_DAYS)
