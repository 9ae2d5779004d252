"""forget_notices: where to write that something is new is erased with the box that it was about (4.9).

With a closed case it goes by the clock of all ways to reach people (`cases.keep_clocks`), and with the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.letterbox.models import Box
from concord.outbox.clocks import erases
from concord.reports.models import HeldBack, Report


def due(at: datetime) -> Iterator[date]:
    for _report in _boxless():
        yield at.date()


@erases("reports.forget_notices", _("addresses for news in a box that is gone"), due=due)
def forget_notices(*, at: datetime) -> int:
    """Erase them. Returns how many went."""
    ids = set(_boxless().values_list("id", flat=True))
    HeldBack.objects.filter(report__in=ids).update(notice_sealed=None)
    return Report.objects.filter(id__in=ids).update(notice_sealed=None)


def _boxless() -> QuerySet[Report]:
    """Those of which one is kept, or held back behind a code that has not settled."""
    kept = Q(notice_sealed__isnull=False) | Q(held_back__notice_sealed__isnull=False)
    return Report.objects.filter(kept).exclude(box__in=Box.objects.values("id"))
