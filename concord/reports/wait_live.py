"""Of reports, what waits while people are together: told as urgent, past its promise, or answered and left there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Q
from django.db.models.functions import Coalesce

from concord.convenings.running import a_session_runs
from concord.monitoring.call_again import Waits, waits_live
from concord.reports.models import UNANSWERED, Report, Underway
from concord.vault import files

A_FEW = 20


@waits_live
def urgent_reports(at: datetime) -> Iterable[Waits]:
    """An answer that is on its way holds the calls, and what many send in the same words calls nobody.

    One for those that the same people read, however many: anybody can send a report and tick that it is urgent.
    """
    if not a_session_runs():
        return
    unanswered = Q(state__in=UNANSWERED, alarmed_at__isnull=False)
    unanswered &= ~Q(id__in=Underway.objects.values("report"))
    late = Report.objects.waiting().filter(urgent=True, folded=False)
    late = late.filter(unanswered | ~Q(state__in=UNANSWERED) & Q(unplaced_rung_at__isnull=False))
    late = late.annotate(since=Coalesce("unplaced_rung_at", "alarmed_at"))
    rows = list(late.values_list("file", "since").order_by("since"))
    found: dict[frozenset[UUID], list[datetime]] = defaultdict(list)
    for file, since in [*rows[:A_FEW], *rows[A_FEW:][-A_FEW:]]:
        if since is not None:
            found[frozenset(files.readers(file))].append(since)
    for persons, times in found.items():
        whom = " ".join(sorted(map(str, persons)))
        yield Waits(uuid5(NAMESPACE_OID, whom), min(times), persons, newest=max(times))
