"""tell_reporter: whoever chose to hear what was done finds kind and day in their box (I-INFORM-1)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from concord.concurrence.models import Execution, SetAside
from concord.ledger.record import record
from concord.reports.lay_outcome import lay_outcome


def tell_reporter(execution: Execution, *, at: datetime) -> int:
    """Lay it in the box of each report of the case whose reporter asked for it. Returns how many there were."""
    case = execution.decision.case
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    kinds = list(execution.warrants.filter(~Exists(out)).values_list("kind", flat=True))
    reports = [each.report for each in case.sources.select_related("report") if each.report]
    told = sum(lay_outcome(one, kinds, on=execution.executed_at.date(), at=at) for one in reports)
    if told:
        record("actions.tell_reporter", actor=None, subject=case.id, at=at, told=told)
    return told
