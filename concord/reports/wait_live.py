"""Of reports, what waits while people are together: told as urgent, past its promise, and not answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from concord.convenings.running import a_session_runs
from concord.monitoring.call_again import Waits, waits_live
from concord.reports.models import Report, Underway
from concord.vault import files


@waits_live
def urgent_reports(at: datetime) -> Iterable[Waits]:
    """An answer that is on its way holds the calls."""
    late = Report.objects.unanswered().filter(urgent=True, alarmed_at__isnull=False)
    late = late.exclude(id__in=Underway.objects.values("report"))
    for id, file, since in late.values_list("id", "file", "alarmed_at").order_by("alarmed_at"):
        if since is not None and a_session_runs():
            yield Waits(id, since, frozenset(files.readers(file)))
