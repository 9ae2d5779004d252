"""forget_reports: reports set aside, or answered as questions, go a year later, like a case without action (4.9).

They are kept that long so that the reporter can come back, and a pattern can be seen. One that nobody has
answered, or that waits for its case, stays: no clock ever closes one (PUB-29).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from concord.outbox.clocks import erases
from concord.reports.erase_report import erase_report
from concord.reports.models import Report, State

MONTH = timedelta(days=30.5)


def due(at: datetime) -> Iterator[date]:
    for done_at in _over(at).values_list("done_at", flat=True):
        yield (done_at + _kept()).date()


@erases("reports.forget_reports", _("reports that were set aside"), due=due)
def forget_reports(*, at: datetime) -> int:
    """Erase them. Returns how many went."""
    reports = list(_over(at))
    for report in reports:
        erase_report(report, at=at)
    return len(reports)


def _over(at: datetime) -> QuerySet[Report]:
    """By the day of setting aside; a question by the day of the answer."""
    done = Report.objects.filter(state__in=[State.SET_ASIDE, State.REDIRECTED]).annotate(
        done_at=Coalesce(
            "setting_aside__confirmed_at", "setting_aside__wished_at", "acknowledged_at"
        )
    )
    return done.filter(done_at__lte=at - _kept()).order_by("done_at")


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
