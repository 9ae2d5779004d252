"""alarm_added: what a reporter added and nobody has opened in the time of an answer rings wider (I-ANYWAY-1).

Those who read it may have left, or sleep: the outside contact hears of it as of an answer that was not given.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, State
from concord.ledger.record import record
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.alarm_unanswered import raise_broken
from concord.reports.models import UNANSWERED, Report
from concord.reports.promise import LIVE, OTHERWISE


@every("reports.alarm_added", seconds=30)
def alarm_added(job: Job | None, *, at: datetime) -> int:
    """Raise each once for what was added: minutes after "it is happening now" while an event runs, else after a day.

    One that nobody has answered has its own alarm. Returns how many there were.
    """
    unread = Report.objects.added_to().exclude(state__in=UNANSWERED)
    unraised = unread.filter(added_raised_at__isnull=True)
    late = Q(added_at__lte=at - OTHERWISE)
    if Convening.objects.filter(state__in=[State.OPEN, State.PAUSED]).exists():
        late |= Q(urgent=True, added_at__lte=at - LIVE)
    found = list(unraised.filter(late).values_list("id", flat=True))
    for id in found:
        _raise(id, at=at)
    return len(found)


@transaction.atomic
def _raise(id: UUID, *, at: datetime) -> None:
    report = Report.objects.select_for_update().get(id=id)
    if report.added_at is None or report.added_raised_at is not None:
        return
    report.added_raised_at = at
    report.save(update_fields=["added_raised_at"])
    record("reports.alarm_added", actor=None, subject=report.id, at=at)
    words = _("Whoever sent report %(code)s wrote again, and nobody has read it since.")
    raise_broken(report, words, at=at)
