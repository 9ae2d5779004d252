"""alarm_requests: a request to look again that nobody answered or decided in time rings wider, and stays open (4.9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.actions.ask_review import ANSWER_OTHERWISE
from concord.actions.assign_review import assign
from concord.actions.looked_at import who_may_look
from concord.actions.models import UNDECIDED, ReviewRequest
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_readers
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.vault import files

DECIDED_LIVE = timedelta(days=7)
DECIDED_OTHERWISE = timedelta(days=14)
"""From when it was filed; an answer that says "we are looking at it" is no end."""
A_DAY = timedelta(days=1)
"""Whoever has just answered is at it."""


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


@every("actions.raise_requests", seconds=3600)
def raise_undecided(job: Job | None, *, at: datetime) -> int:
    """Raise each once that somebody answered a day ago or more, and that nobody has decided in time.

    From then on it is before everybody who can open it, and not its reviewer alone; with nobody else on the team who
    may look at it, it is the outside contact's. Returns how many.
    """
    answered = ReviewRequest.objects.filter(
        state__in=UNDECIDED, raised_at__isnull=True, answered_at__lte=at - A_DAY
    )
    filed = answered.filter(filed_at__lte=at - DECIDED_LIVE)
    late = [one for one in filed if one.filed_at + _to_decide(one) <= at]
    for request in late:
        _raise(request.id, at=at)
    return len(late)


def _to_decide(request: ReviewRequest) -> timedelta:
    live = request.answer_due_at - request.filed_at < ANSWER_OTHERWISE
    return DECIDED_LIVE if live else DECIDED_OTHERWISE


@transaction.atomic
def _raise(id: UUID, *, at: datetime) -> None:
    request = ReviewRequest.objects.select_for_update().get(id=id)
    if request.raised_at is not None or request.state not in UNDECIDED:
        return
    request.raised_at = at
    request.save(update_fields=["raised_at"])
    _give_outside(request, at=at)
    words = _("Request %(code)s to look again was answered, and nobody has decided it.")
    _ring_wider(request, words, at=at)
    record("actions.raise_review", actor=None, subject=request.id, at=at)


def _give_outside(request: ReviewRequest, *, at: datetime) -> None:
    """Where its reviewer alone could end it, and lets it lie."""
    outside = sorted(outside_readers(at))
    is_known = request.decision is not None or request.report is not None
    if not is_known or not outside or request.reviewer in outside:
        return
    readers = files.readers(request.file)
    able = {staff.person_id for staff in who_may_look(request, at=at)}
    if able & readers - {request.reviewer}:
        return
    if outside[0] not in readers:
        files.owe(request.file, to=outside[0], at=at)
    assign(request, decision=request.decision, to=outside[0], at=at)


def _ring_wider(request: ReviewRequest, words: str | Words, *, at: datetime) -> None:
    readers = files.readers(request.file)
    tell_desks(readers, "review", request.id)
    ring(readers, at=at)
    tell_outside(words, code=request.code, at=at)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    request = ReviewRequest.objects.select_for_update().get(id=id)
    if request.alarmed_at is not None or request.answered_at is not None:
        return
    request.alarmed_at = at
    request.save(update_fields=["alarmed_at"])
    words = _("Request %(code)s to look again was promised an answer, and the time is over.")
    if request.folded:
        # Its like rang already; a flood must not ring a day later, once for each.
        tell_desks(files.readers(request.file), "review", request.id)
    else:
        _ring_wider(request, words, at=at)
    record("actions.alarm_review", actor=None, subject=request.id, at=at)
