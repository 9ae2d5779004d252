"""lapse: a code that nobody used for three months opens nothing any more, and what lay behind it is erased (4.9).

It lapses apart from whatever it led to: what was reported stays with those who work on it. The outside contact's
own box is their key, and does not lapse.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.outbox.clocks import erases

STANDING = ("outside", "outside contact")
"""Purposes of boxes that are somebody's standing key."""


def due(at: datetime) -> Iterator[date]:
    for used_on in _over(at).values_list("used_on", flat=True):
        yield used_on + _kept()


@erases("letterbox.lapse", _("private pages behind codes that were not used"), due=due)
def lapse(*, at: datetime) -> int:
    """Purge every box that was neither opened nor given anything for that long. Returns how many went."""
    boxes = list(_over(at))
    for box in boxes:
        purge(box, by=None, at=at)
    return len(boxes)


def _over(at: datetime) -> models.QuerySet[Box]:
    over = Box.objects.exclude(purpose__in=STANDING).filter(used_on__lte=at.date() - _kept())
    return over.order_by("used_on")


def _kept() -> timedelta:
    return timedelta(days=settings.CONCORD_KEEP_CODES_DAYS)
