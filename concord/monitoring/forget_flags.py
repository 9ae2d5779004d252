"""forget_flags: flags that somebody said need no action go a year later, like a case without one (4.9).

One that nobody has answered stays until somebody does: no clock ever closes one (PUB-29).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.monitoring.erase_flag import erase_flag
from concord.monitoring.models import Flag, FlagQuerySet
from concord.outbox.clocks import erases

MONTH = timedelta(days=30.5)


def due(at: datetime) -> Iterator[date]:
    for judged_at in _over(at).values_list("judged_at", flat=True):
        if judged_at:
            yield (judged_at + _kept()).date()


@erases("monitoring.forget_flags", _("flags that needed no action"), due=due)
def forget_flags(*, at: datetime) -> int:
    """Erase them. Returns how many went."""
    flags = list(_over(at))
    for flag in flags:
        erase_flag(flag, at=at)
    return len(flags)


def _over(at: datetime) -> FlagQuerySet:
    return Flag.objects.filter(credible=False, judged_at__lte=at - _kept())


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
