"""forget_requests: what people asked us to look at again goes with the case; else a year after we answered (4.9).

With the case means as long as that is kept, held or not. What somebody still has to decide is never erased by a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from concord.access.models import Shut
from concord.actions.assign_review import end_loan
from concord.actions.models import UNDECIDED, ReviewRequest
from concord.cases.models import Case, State
from concord.cases.signals import purging
from concord.concurrence.models import Execution, Warrant
from concord.ledger.record import record
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.outbox.clocks import erases
from concord.reports.models import Report
from concord.reports.signals import erasing
from concord.vault import files

MONTH = timedelta(days=30.5)


@receiver(purging, dispatch_uid="actions.forget_requests")
def forget_with_the_case(sender: Any, case: Case, at: datetime, **kwargs: Any) -> None:
    """Those that came by the link of the gate, or were found to be about a decision of the case.

    Numbers of notices stay as long as a decision is in force.
    """
    executions = Execution.objects.filter(
        Q(decision__case=case) | Q(prior_decision__case=case)
    ).values("id")
    warrants = list(Warrant.objects.filter(execution__in=executions).values_list("id", flat=True))
    shuts = list(Shut.objects.filter(warrant__in=warrants).values_list("id", flat=True))
    theirs = Q(shut__in=shuts) | Q(decision__case=case)
    _erase(ReviewRequest.objects.filter(theirs), at=at)


@receiver(erasing, dispatch_uid="actions.forget_requests_of")
def forget_with_the_report(sender: Any, report: Report, at: datetime, **kwargs: Any) -> None:
    """Those that its reporter sent, whatever they were about."""
    _erase(ReviewRequest.objects.filter(report=report), at=at)


def due(at: datetime) -> Iterator[date]:
    for answered_at in _over(at).values_list("answered_at", flat=True):
        if answered_at:
            yield (answered_at + _kept()).date()


@erases("actions.forget_requests", _("requests to look again, answered"), due=due)
def forget_requests(*, at: datetime) -> int:
    """Erase what was answered that long ago, and goes with nothing. Returns how many went."""
    return _erase(_over(at), at=at)


def _over(at: datetime) -> QuerySet[ReviewRequest]:
    """Those that name nothing, which an answer ends; and those decided after what they are about was erased."""
    of_nothing = Q(decision__isnull=True, report__isnull=True)
    came_after = Q(decision__case__state=State.PURGED) & ~Q(state__in=UNDECIDED)
    return ReviewRequest.objects.filter(of_nothing | came_after, answered_at__lte=at - _kept())


@transaction.atomic
def _erase(requests: Iterable[ReviewRequest], *, at: datetime) -> int:
    requests = list(requests)
    for request in requests:
        end_loan(request, at=at)
        files.destroy(request.file, by=None, at=at)
        for box in Box.objects.filter(id__in=[request.box] if request.box else []):
            purge(box, by=None, at=at)
        request.delete()
        record("actions.erase_review", actor=None, subject=request.id, at=at)
    return len(requests)


def _kept() -> timedelta:
    return settings.CONCORD_KEEP_CASES_MONTHS * MONTH
