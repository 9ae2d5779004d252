"""hear_reports: whom a reporter keeps out later is taken out of the case made of it, in the same moment (I-WHO-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.urls import reverse

from concord.cases.models import Case, Recusal, Source, State
from concord.cases.move import rests
from concord.cases.presence import ids_of
from concord.cases.recuse import take_out
from concord.cases.step_out import out_of
from concord.ledger.readings import anybody_acted
from concord.people.models import StaffMember
from concord.reports.goes_on import lends_work
from concord.reports.keeps_out import kept_out_token, lends_stays_out
from concord.reports.models import Report
from concord.reports.signals import readers_changed
from concord.reports.went_into import WentInto, lends_case
from concord.vault.sight import is_read_by


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
    return out_of([report]) | {
        one.person
        for one in Recusal.objects.filter(case__sources__report=report)
        if one.recused_by or kept_out_token(report.id, one.person) not in wished
    }


@lends_work
def somebody_worked_on_it(report: Report, since: datetime) -> bool:
    """In its case, or the days have begun on which somebody asks whether it stayed quiet."""
    case = Case.objects.filter(sources__report=report).select_related("coordinator").first()
    if case is None:
        return False
    return case.state == State.FOLLOW_UP or anybody_acted(ids_of(case), since=since)


@lends_case
def case_of_report(report: Report, staff: StaffMember) -> WentInto | None:
    """Its case, for whoever may open that, too; one that rests is taken up again where its end is shown."""
    theirs = Case.objects.filter(is_read_by(staff.person_id), sources__report=report)
    case = theirs.first()
    if case is None:
        return None
    at = [case.id]
    again = reverse("keeping", args=at) if rests(case) else ""
    return WentInto(case.code, reverse("case", args=at), case.state == State.CLOSED, again)
