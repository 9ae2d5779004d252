"""tell_reporter: whoever chose to hear what was done finds kind and day in their box (I-INFORM-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from concord.cases.models import Case
from concord.concurrence.models import Decision, Execution, SetAside
from concord.ledger.record import record
from concord.reports.lay_outcome import EARLIER, NOTHING_DONE, lay_outcome, lay_what_waits
from concord.reports.models import Report


def tell_reporter(execution: Execution, *, at: datetime) -> int:
    """Lay it in the box of each report of the case whose reporter asked for it. Returns how many there were."""
    case = execution.decision.case
    out = SetAside.objects.filter(commitment=OuterRef("commitment"))
    kinds = list(execution.warrants.filter(~Exists(out)).values_list("kind", flat=True))
    return _lay(case, kinds or [NOTHING_DONE], on=execution.executed_at.date(), at=at)


def tell_of_what_waits(execution: Execution, *, at: datetime) -> int:
    """What holds by now, and that a part of it has not come through yet. Returns how many there were."""
    case, on = execution.decision.case, execution.executed_at.date()
    holds = execution.warrants.filter(verified_at__isnull=False).values_list("kind", flat=True)
    told = sum(lay_what_waits(one, holds, on=on, at=at) for one in _reports_of(case))
    if told:
        record("actions.tell_reporter", actor=None, subject=case.id, at=at, told=told)
    return told


def tell_of_an_earlier_end(decision: Decision, *, at: datetime) -> int:
    """The same for whoever counted on it being in force for longer. Returns how many there were."""
    return _lay(decision.case, [EARLIER], on=at.date(), at=at)


def _lay(case: Case, kinds: Iterable[str], *, on: date, at: datetime) -> int:
    kinds = list(kinds)
    told = sum(lay_outcome(one, kinds, on=on, at=at) for one in _reports_of(case))
    if told:
        record("actions.tell_reporter", actor=None, subject=case.id, at=at, told=told)
    return told


def _reports_of(case: Case) -> list[Report]:
    return [each.report for each in case.sources.select_related("report") if each.report]
