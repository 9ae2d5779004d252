"""alarm_untold: whoever wants to hear what was done has heard it within three months, or it is raised (I-INFORM-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.letterbox.models import Answer
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.alarm_unanswered import raise_broken
from concord.reports.lay_outcome import KIND
from concord.reports.models import ENDED, Report
from concord.reports.promise import OUTCOME


@every("reports.alarm_untold", seconds=3600)
def alarm_untold(job: Job | None, *, at: datetime) -> int:
    """Raise each such report once: to its readers and to the outside contact. Returns how many there were.

    What was answered and set aside, or answered as a question, has nothing done in it that could be told.
    """
    told = Answer.objects.filter(box=OuterRef("box"), kind=KIND)
    untold = Report.objects.filter(
        ~Exists(told),
        tell_outcome=True,
        untold_raised_at__isnull=True,
        acted_outside__isnull=True,
        received_at__lte=at - OUTCOME,
    ).exclude(state__in=ENDED)
    found = list(untold.values_list("id", flat=True))
    for id in found:
        _raise(id, at=at)
    return len(found)


@transaction.atomic
def _raise(id: UUID, *, at: datetime) -> None:
    report = Report.objects.select_for_update().get(id=id)
    if report.untold_raised_at is not None:
        return
    report.untold_raised_at = at
    report.save(update_fields=["untold_raised_at"])
    record("reports.alarm_untold", actor=None, subject=report.id, at=at)
    words = _("Whoever sent report %(code)s was to hear what was done, and the time is over.")
    raise_broken(report, words, at=at)
