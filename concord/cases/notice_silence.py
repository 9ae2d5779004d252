"""notice_silence: nobody hears from the coordinator of a case; the deputy is asked to take it, then others (R-COORD-1).

Ten minutes while the event runs, a day else. Whoever is asked is called again until somebody takes it or the
coordinator is back: what waits for a person does not wait in silence (P-ZERO-1).
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.cases.hand_over import tell
from concord.cases.models import OVER, Case, CaseQuerySet, Handover, State
from concord.cases.presence import (
    UNDECIDED,
    heard_at,
    live_among,
    next_call_at,
    rings_of,
    waits,
    waits_for_coordinator,
    was_here_at,
)
from concord.cases.seats import seats_in_sight
from concord.ledger.readings import last_acted
from concord.ledger.record import record
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every

log = logging.getLogger("concord.cases")
UNHEARD = _("Case %(code)s waits for somebody to take it, and nobody on the team has answered.")


@every("cases.notice_silence", seconds=30)
def notice_silence(job: Job | None, *, at: datetime) -> None:
    """Look at every case that something happens in now."""
    watched = _watched()
    _look_at_all(watched.filter(id__in=live_among(watched)), is_live=True, at=at)


@every("cases.notice_long_silence", seconds=900)
def notice_long_silence(job: Job | None, *, at: datetime) -> None:
    """Look at all the others: nobody waits at a door there, but somebody waits."""
    watched = _watched()
    _look_at_all(watched.exclude(id__in=live_among(watched)), is_live=False, at=at)


def call(handover: Handover, *, is_live: bool, at: datetime) -> None:
    """Call those whose turn it is; once all were, everybody who was, and the outside contact that once."""
    rings, turn = rings_of(handover, at=at), handover.calls
    again = list({one.id: one for each in rings for one in each}.values())
    handover.calls, handover.called_at = turn + 1, at
    handover.save(update_fields=["calls", "called_at"])
    tell(handover, rings[turn] if turn < len(rings) else again, at=at, at_once=is_live)
    if turn == len(rings) and not handover.as_deputy:
        tell_outside(UNHEARD, code=handover.case.code, at=at)


def _watched() -> CaseQuerySet:
    """What may wait for a coordinator, and what somebody is asked to take."""
    asked = Handover.objects.open().values("case")
    found = Case.objects.filter(Q(state__in=[*UNDECIDED, State.ACTION_PENDING]) | Q(id__in=asked))
    return found.exclude(state__in=OVER)


def _look_at_all(cases: CaseQuerySet, *, is_live: bool, at: datetime) -> None:
    """By reading alone, until one is found in which something is to be done; one that fails holds up no other."""
    asked = {one.case_id: one for one in Handover.objects.open().filter(case__in=cases.order_by())}
    seen = last_acted("coordinator__person", on="id")
    for case in cases.annotate(seen_at=seen).select_related("coordinator"):
        heard_lately = case.seen_at is not None and case.seen_at + waits(is_live=is_live) > at
        if heard_lately and case.id not in asked:
            continue
        try:
            if _is_due(case, asked.get(case.id), is_live=is_live, at=at):
                _look_at(case, is_live=is_live, at=at)
        except Exception:  # the others must not wait for this one
            log.exception("looking failed", extra={"kind": "cases.notice_silence"})


@transaction.atomic
def _look_at(case: Case, *, is_live: bool, at: datetime) -> None:
    case = Case.objects.select_for_update().get(id=case.id)
    standing = case.handovers.open().select_related("case", "to", "former").first()
    if _are_back(case, standing):
        standing = _let_go(case, standing, at=at)
    elif _is_silent(case, standing, is_live=is_live, at=at):
        standing = _begin(case, standing, at=at)
    if standing is not None and next_call_at(standing, is_live=is_live) <= at:
        call(standing, is_live=is_live, at=at)


def _is_due(case: Case, standing: Handover | None, *, is_live: bool, at: datetime) -> bool:
    return (
        (standing is not None and next_call_at(standing, is_live=is_live) <= at)
        or _are_back(case, standing)
        or _is_silent(case, standing, is_live=is_live, at=at)
    )


def _is_silent(case: Case, standing: Handover | None, *, is_live: bool, at: datetime) -> bool:
    """Something is to be done, and nobody has heard from its coordinator for as long as is waited; noticed once."""
    if standing is not None and standing.silent_since is not None:
        return False
    return waits_for_coordinator(case) and heard_at(case) + waits(is_live=is_live) <= at


def _are_back(case: Case, standing: Handover | None) -> bool:
    if standing is None or standing.silent_since is None:
        return False
    return was_here_at(case) > max(standing.asked_at, standing.silent_since)


def _begin(case: Case, standing: Handover | None, *, at: datetime) -> Handover:
    """What the coordinator asked for goes on being asked; who answers for a case comes before who else does."""
    if standing is not None and standing.as_deputy:
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
        standing = None
    if standing is None:
        standing = Handover(case=case, former=case.coordinator, asked_at=at)
    standing.silent_since = heard_at(case)
    standing.save()
    record("cases.notice_silence", actor=None, subject=case.id, at=at)
    _call_them_back(case, at=at)
    return standing


def _call_them_back(case: Case, *, at: datetime) -> None:
    """Perhaps they only forgot: it stands in their inbox until they look."""
    Case.objects.filter(id=case.id).update(rung_at=at)
    away = [one.person_id for one in seats_in_sight(case) if one == case.coordinator]
    ring(away, at=at)


def _let_go(case: Case, standing: Handover | None, *, at: datetime) -> Handover | None:
    """They are back: what the clock began is over, and what they asked for themselves goes on being asked."""
    if standing is None:
        return None
    if standing.asked_by is not None:
        standing.silent_since = None
        standing.save(update_fields=["silent_since"])
        return standing
    standing.ended_at = at
    standing.save(update_fields=["ended_at"])
    record("cases.end_hand_over", actor=None, subject=case.id, at=at)
    return None
