"""notice_silence: nobody hears from the coordinator of a live case; the deputy is asked to take it (R-COORD-1)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from concord.cases.hand_over import tell
from concord.cases.models import OVER, Case, Handover
from concord.cases.presence import asked_by, heard_at, is_live, patience, waits_for_coordinator
from concord.ledger.record import record
from concord.outbox.models import Job
from concord.outbox.registry import every

log = logging.getLogger("concord.cases")


@every("cases.notice_silence", seconds=30)
def notice_silence(job: Job | None, *, at: datetime) -> None:
    """Look at every case that is not over; one that fails holds up no other."""
    for case in Case.objects.exclude(state__in=OVER):
        try:
            with transaction.atomic():
                _look_at(case, at=at)
        except Exception:  # the others must not wait for this one
            log.exception("looking failed", extra={"kind": "cases.notice_silence"})


def _look_at(case: Case, *, at: datetime) -> None:
    case = Case.objects.select_for_update().get(id=case.id)
    standing = case.handovers.open().select_related("case", "to", "former").first()
    if standing is not None and standing.as_deputy and _is_silent(case, at=at):
        standing.ended_at = at  # who answers for it comes before who else does
        standing.save(update_fields=["ended_at"])
        standing = None
    if standing is None:
        _begin(case, at=at)
    elif standing.silent_since and heard_at(case) > standing.asked_at:
        _they_are_back(standing, at=at)
    else:
        _widen(standing, at=at)


def _begin(case: Case, *, at: datetime) -> None:
    if not _is_silent(case, at=at):
        return
    found = Handover.objects.create(
        case=case, former=case.coordinator, asked_at=at, silent_since=heard_at(case)
    )
    record("cases.notice_silence", actor=None, subject=case.id, at=at)
    _widen(found, at=at)


def _is_silent(case: Case, *, at: datetime) -> bool:
    """Live, with something to do, and nobody has heard from its coordinator for as long as is waited."""
    return waits_for_coordinator(case) and is_live(case) and heard_at(case) + patience(case) <= at


def _they_are_back(handover: Handover, *, at: datetime) -> None:
    handover.ended_at = at
    handover.save(update_fields=["ended_at"])
    record("cases.end_hand_over", actor=None, subject=handover.case_id, at=at)


def _widen(handover: Handover, *, at: datetime) -> None:
    """Tell those whose turn has come since the last look."""
    asked = asked_by(handover, at=at)
    if len(asked) > handover.widened:
        tell(handover, asked[handover.widened :], at=at)
        handover.widened = len(asked)
        handover.save(update_fields=["widened"])
