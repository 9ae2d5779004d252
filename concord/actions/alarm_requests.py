"""alarm_requests: a request to look again that nobody answered in time rings wider, and stays open (4.9)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ReviewRequest
from concord.actions.tell_outside import tell_outside
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files


@every("actions.alarm_requests", seconds=60)
def alarm_requests(job: Job | None, *, at: datetime) -> int:
    """Alarm each once: on its readers' desks, by letter, and to the outside contact. Returns how many."""
    waiting = ReviewRequest.objects.filter(
        answered_at__isnull=True, alarmed_at__isnull=True, answer_due_at__lte=at
    )
    ids = list(waiting.values_list("id", flat=True))
    for id in ids:
        _alarm(id, at=at)
    return len(ids)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    request = ReviewRequest.objects.select_for_update().get(id=id)
    if request.alarmed_at is not None or request.answered_at is not None:
        return
    request.alarmed_at = at
    request.save(update_fields=["alarmed_at"])
    readers = files.readers(request.file)
    tell_desks(readers, "review", request.id)
    ring(readers, at=at)
    words = _("Request %(code)s to look again was promised an answer, and the time is over.")
    tell_outside(words, code=request.code, at=at)
    record("actions.alarm_review", actor=None, subject=request.id, at=at)
