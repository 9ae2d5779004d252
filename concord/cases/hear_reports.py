"""hear_reports: whom a reporter keeps out later is taken out of the case made of it, in the same moment (I-WHO-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.models import Recusal, Source
from concord.cases.recuse import take_out
from concord.reports.keeps_out import kept_out_token, lends_stays_out
from concord.reports.models import Report
from concord.reports.signals import readers_changed


@receiver(readers_changed)
def hear_reports(
    sender: type[Report], report: Report, persons: Iterable[UUID], at: datetime, **kwargs: Any
) -> None:
    """Recuse each of them, the coordinator too; another takes the seat."""
    source = Source.objects.filter(report=report).select_related("case").first()
    if source is not None:
        for person in persons:
            take_out(source.case, who=person, by=None, at=at)


@lends_stays_out
def stepped_out(report: Report) -> set[UUID]:
    """Whoever is recused from its case, but for those who are so by the reporter's own wish alone (K-CONF-1)."""
    wished = {bytes(token) for token in report.kept_out.values_list("token", flat=True)}
    return {
        one.person
        for one in Recusal.objects.filter(case__sources__report=report)
        if one.recused_by or kept_out_token(report.id, one.person) not in wished
    }
