"""Of reports, what waits while people are together: told as urgent, past its promise, and not answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from concord.convenings.running import a_session_runs
from concord.monitoring.call_again import Waits, waits_live
from concord.reports.models import Report, Underway
from concord.vault import files

A_FEW = 20


@waits_live
def urgent_reports(at: datetime) -> Iterable[Waits]:
    """An answer that is on its way holds the calls, and what many send in the same words calls nobody.

    One for those that the same people read, however many: anybody can send a report and tick that it is urgent.
    """
    if not a_session_runs():
        return
    late = Report.objects.unanswered().filter(urgent=True, folded=False, alarmed_at__isnull=False)
    late = late.exclude(id__in=Underway.objects.values("report"))
    rows = list(late.values_list("file", "alarmed_at").order_by("alarmed_at"))
    found: dict[frozenset[UUID], list[datetime]] = defaultdict(list)
    for file, since in [*rows[:A_FEW], *rows[A_FEW:][-A_FEW:]]:
        if since is not None:
            found[frozenset(files.readers(file))].append(since)
    for persons, times in found.items():
        whom = " ".join(sorted(map(str, persons)))
        yield Waits(uuid5(NAMESPACE_OID, whom), min(times), persons, newest=max(times))
