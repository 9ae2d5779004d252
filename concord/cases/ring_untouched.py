"""ring_untouched: what was decided in a case is done, and nobody follows it up; its people are called (P-ZERO-1).

Whoever reported finds each week that we are still on it. No clock closes anything: it asks, once a week, until a person
says that everybody was told, and the days begin on which somebody asks whether it stayed quiet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, State
from concord.cases.presence import touched_at
from concord.cases.seats import seats_who_see
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every

RESTS = [State.STABILISED, State.NO_ACTION]
AGAIN = timedelta(days=7)
NOBODY = _("Nobody on the team can go on with case %(code)s.")


@every("cases.ring_untouched", seconds=3600)
def ring_untouched(job: Job | None, *, at: datetime) -> int:
    """Call coordinator and deputy of each; returns of how many."""
    long_ago = Q(rung_at__isnull=True) | Q(rung_at__lte=at - AGAIN)
    rests = Case.objects.filter(long_ago, state__in=RESTS).select_related("coordinator", "deputy")
    late = [case.id for case in rests if _is_untouched(case, at=at)]
    return sum(_ring(id, at=at) for id in late)


@transaction.atomic
def _ring(id: UUID, *, at: datetime) -> bool:
    case = Case.objects.select_for_update().get(id=id)
    if case.state not in RESTS or (case.rung_at and case.rung_at > at - AGAIN):
        return False
    Case.objects.filter(id=id).update(rung_at=at)
    record("cases.ring_untouched", actor=None, subject=id, at=at)
    persons = seats_who_see(case)
    tell_desks(persons, "case", id)
    ring(persons, at=at)
    if not persons:
        tell_outside(NOBODY, code=case.code, at=at)
    return True


def _is_untouched(case: Case, *, at: datetime) -> bool:
    return touched_at(case) + timedelta(days=settings.CONCORD_UNTOUCHED_DAYS) <= at
