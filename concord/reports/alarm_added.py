"""alarm_added: what a reporter added and nobody has opened in the time of an answer rings wider (I-ANYWAY-1).

Those who read it may have left, or sleep: the outside contact hears of it as of an answer that was not given.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, State
from concord.ledger.record import record
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.alarm_unanswered import raise_broken
from concord.reports.models import UNANSWERED, Report, ReportQuerySet, Word
from concord.reports.promise import LIVE, OTHERWISE


@every("reports.alarm_added", seconds=30)
def alarm_added(job: Job | None, *, at: datetime) -> int:
    """Raise each once for what was added: minutes after "it is happening now" while an event runs, else after a day.

    What is said to happen now is raised once more, by its own moment. One that nobody has answered has its own alarm.
    Returns how many there were.
    """
    found = list(_late(at).values_list("id", flat=True))
    for id in found:
        _raise(id, at=at)
    return len(found)


def _late(at: datetime) -> ReportQuerySet:
    is_live = Convening.objects.filter(state__in=[State.OPEN, State.PAUSED]).exists()
    soon = at - (LIVE if is_live else OTHERWISE)
    now = Word.objects.filter(
        report=OuterRef("id"), urgent=True, by_staff__isnull=True, said_at__gte=OuterRef("added_at")
    )
    since_raised = now.filter(said_at__gte=OuterRef("added_raised_at"))
    unraised = Q(added_at__lte=at - OTHERWISE)
    unraised |= Q(Exists(now.filter(said_at__lte=soon)))
    unraised |= Q(~Exists(now), urgent=True, added_at__lte=soon)  # urgent from before
    late = Q(unraised, added_raised_at__isnull=True)
    late |= Q(Exists(since_raised.filter(said_at__lte=soon)))
    return Report.objects.added_to().exclude(state__in=UNANSWERED).filter(late)


@transaction.atomic
def _raise(id: UUID, *, at: datetime) -> None:
    report = Report.objects.select_for_update().get(id=id)
    if not _late(at).filter(id=id).exists():
        return
    report.added_raised_at = at
    report.save(update_fields=["added_raised_at"])
    record("reports.alarm_added", actor=None, subject=report.id, at=at)
    words = _("Whoever sent report %(code)s wrote again, and nobody has read it since.")
    raise_broken(report, words, at=at)
