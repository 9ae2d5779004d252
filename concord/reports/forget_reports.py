"""forget_reports: reports set aside, or answered as questions, go a year later, like a case without action (4.9).

They are kept that long so that the reporter can come back, and a pattern can be seen. One that nobody has
answered, as a report or as a question, or that waits for its case, stays: no clock ever closes one (PUB-29). So
does one to which its reporter added what nobody has read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.outbox.clocks import erases
from concord.reports.erase_report import erase_report
from concord.reports.models import Report, SettingAside, State

MONTH = timedelta(days=30.5)


def due(at: datetime) -> Iterator[date]:
    for report in _over(at):
        yield (_done_at(report) + _kept()).date()


@erases("reports.forget_reports", _("reports that were set aside"), due=due)
def forget_reports(*, at: datetime) -> int:
    """Erase them. Returns how many went."""
    reports = _over(at)
    for report in reports:
        erase_report(report, at=at)
    return len(reports)


def _over(at: datetime) -> list[Report]:
    done = Report.objects.filter(
        state__in=[State.SET_ASIDE, State.REDIRECTED], added_at__isnull=True
    )
    done = done.select_related("setting_aside", "question").filter(received_at__lte=at - _kept())
    done = done.exclude(state=State.REDIRECTED, question__answered_at__isnull=True)
    return [report for report in done if _done_at(report) <= at - _kept()]


def _done_at(report: Report) -> datetime:
    """When it was set aside, or answered as the question it is; else when it was answered."""
    aside: SettingAside | None = getattr(report, "setting_aside", None)
    wished = (aside.confirmed_at or aside.wished_at) if aside else None
    if report.state == State.REDIRECTED and report.question.answered_at:
        return report.question.answered_at
    return wished or report.acknowledged_at or report.received_at


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
