"""alarm_offered: what may be retaliation, and nobody has answered, calls whom it was put before (V-RETAL-1, PUB-29).

That it touches an older case only they know. Whoever answers the flag or the report by itself sees nothing of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case
from concord.cases.purge_case import keeps_it
from concord.ledger.record import record
from concord.monitoring.alarm_unreviewed import LIVE, OTHERWISE
from concord.monitoring.call_again import Waits, waits_live
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.monitoring.tell_outside import tell_outside
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.retaliation.models import Attempt, AttemptQuerySet
from concord.retaliation.offer import offered_to

A_FEW = 20
NOBODY = _("What may touch case %(code)s came in, and nobody on the team can look at both.")


@every("retaliation.alarm", seconds=60)
def alarm_offered(job: Job | None, *, at: datetime) -> int:
    """Call once for each that has waited for minutes live, or for half a day. Returns how many there were."""
    late = list(_late(at).values_list("id", flat=True))
    for id in late:
        _alarm(id, at=at)
    return len(late)


@waits_live
def attempts_unanswered(at: datetime) -> Iterable[Waits]:
    """One for those that the same people look at, however many: anybody can name somebody in a report.

    What does not happen now calls quietly, and holds up the erasing of the older case until it is answered.
    """
    waiting = Attempt.objects.offered().filter(alarmed_at__isnull=False)
    live = waiting.happening()
    yield from _for_the_same(live, "retaliation", quiet=False)
    others = waiting.exclude(id__in=live.order_by().values("id"))
    yield from _for_the_same(others, "retaliation, quietly", quiet=True)


def _for_the_same(attempts: AttemptQuerySet, kind: str, *, quiet: bool) -> Iterable[Waits]:
    rows = list(attempts.order_by("alarmed_at").select_related("case", "flag", "report"))
    found: dict[frozenset[UUID], list[datetime]] = defaultdict(list)
    for attempt in {each.id: each for each in [*rows[:A_FEW], *rows[-A_FEW:]]}.values():
        persons = frozenset(offered_to(attempt))
        if persons and attempt.alarmed_at is not None:
            found[persons].append(attempt.alarmed_at)
    for persons, times in found.items():
        whom = " ".join([kind, *sorted(map(str, persons))])
        yield Waits(uuid5(NAMESPACE_OID, whom), min(times), persons, max(times), quiet=quiet)


@keeps_it
def waits_for_an_answer(case: Case) -> bool:
    """No case is erased under what may be retaliation over it, while there is somebody who can say whether it is."""
    offered = Attempt.objects.offered().filter(case=case)
    return any(offered_to(one) for one in offered.select_related("case", "flag", "report"))


def _late(at: datetime) -> AttemptQuerySet:
    unheard = Attempt.objects.offered().filter(alarmed_at__isnull=True)
    live = Attempt.objects.offered().happening().filter(noticed_at__lte=at - LIVE).values("id")
    return unheard.filter(Q(id__in=live) | Q(noticed_at__lte=at - OTHERWISE))


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    Attempt.objects.select_for_update().get(id=id)
    attempt = Attempt.objects.select_related("case", "flag", "report").get(id=id)
    if attempt.alarmed_at is not None or attempt.state != Attempt.State.OFFERED:
        return
    attempt.alarmed_at = at
    attempt.save(update_fields=["alarmed_at"])
    record("retaliation.alarm", actor=None, subject=attempt.id, at=at)
    persons = offered_to(attempt)
    tell_desks(persons, "inbox", attempt.id)
    ring(persons, at=at, at_once=Attempt.objects.offered().happening().filter(id=id).exists())
    if not persons:
        tell_outside(NOBODY, code=attempt.case.code, at=at)
