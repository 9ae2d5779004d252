"""count_closed: what closed cases were about, by kind and ground, counted apart from them (P-GROUNDS-1, V-COMMENT-1).

Kinds and grounds lie sealed in the case, and are erased with it. A number is kept of them, by the quarter, in which
no case can be found again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.dispatch import receiver

from concord.cases.classify_case import Classification
from concord.cases.models import Case
from concord.cases.restricted import is_restricted
from concord.cases.signals import closed
from concord.improvement.models import ClosedCount
from concord.improvement.summary import ENOUGH, quarter_of


@receiver(closed, dispatch_uid="improvement.count_closed")
def count_closed(
    sender: Any, case: Case, classified: Classification, at: datetime, **kwargs: Any
) -> None:
    """Each kind and each ground once. A case that was closed, reopened and closed again counts again.

    Of a restricted case nothing is counted.
    """
    if is_restricted(case):
        return
    for code in (*classified.kinds, *classified.grounds):
        row, _fresh = ClosedCount.objects.get_or_create(quarter=quarter_of(at.date()), code=code)
        ClosedCount.objects.filter(id=row.id).update(cases=F("cases") + 1)


def counted(*, at: datetime) -> dict[date, dict[str, int]]:
    """By quarters that are over, newest first; a number below `ENOUGH` is not there, and there are no totals."""
    rows = ClosedCount.objects.filter(quarter__lt=quarter_of(at.date()), cases__gte=ENOUGH)
    found: dict[date, dict[str, int]] = {}
    for row in rows.order_by("-quarter", "code"):
        found.setdefault(row.quarter, {})[row.code] = row.cases
    return found
