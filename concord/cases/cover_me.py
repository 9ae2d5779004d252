"""cover_me: the coordinator is away for ten minutes and asks the deputy to look after the case; no seat changes.

The deputy has it once they say so. In an event nobody relies on somebody who sleeps: after two minutes without a word
whoever is away is called back, and the leads are asked with the deputy.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import CaseIsClosed
from concord.cases.hand_over import NobodyToTakeIt, OnlyTheCoordinatorHandsOver, tell
from concord.cases.models import OVER, Case, Cover, Handover
from concord.cases.presence import is_live, last_seen_at, rings_of
from concord.cases.seats import seats_in_sight
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused

TEN_MINUTES = timedelta(minutes=10)
LIVE = timedelta(minutes=2)
"""So long the deputy has, in an event, to say that they have it."""
A_MOMENT = timedelta(seconds=30)
"""The page of the case that answers their own press is read within it, and is no coming back."""


class NobodyToCover(NobodyToTakeIt):
    """There is no deputy."""

    words = _("Nobody else can open this case, so nobody can look after it.")


class NotAskedToCover(Refused):
    """The deputy was asked."""

    words = _("You are not asked to look after this case.")


class CoverIsOver(Refused):
    """The ten minutes are over, or somebody else coordinates by now."""

    words = _("This is over. Look at the case to see who has it.")
    status = 409


@transaction.atomic
def cover_me(case: Case, *, by: StaffMember, at: datetime) -> Cover:
    """Ask; asked again while nobody has answered it is the same ask, and later it runs from then.

    Raises `OnlyTheCoordinatorHandsOver`, `CaseIsClosed`, `NobodyToCover`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not by.is_current(at) or by != case.coordinator:
        raise OnlyTheCoordinatorHandsOver(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    if case.deputy is None or not case.deputy.is_current(at):
        raise NobodyToCover(subject=case.id)
    asked = case.covers.filter(answered_at__isnull=True, alarmed_at__isnull=True, until_at__gt=at)
    before = asked.filter(away=by, covered_by=case.deputy).last()
    if before is not None:
        return before
    cover = Cover.objects.create(
        case=case, away=by, covered_by=case.deputy, since=at, until_at=at + TEN_MINUTES
    )
    record("cases.cover_me", actor=by.person_id, subject=case.id, at=at)
    tell_desks([case.deputy.person_id], "case", case.id)
    ring([case.deputy.person_id], at=at, at_once=True)
    return cover


@transaction.atomic
def have_it(cover: Cover, *, by: StaffMember, at: datetime) -> Cover:
    """The deputy says that they look after it; from now on it counts as the coordinator's being there. Twice is once.

    Raises `NotAskedToCover`, `CoverIsOver`.
    """
    case = Case.objects.select_for_update().get(id=cover.case_id)
    cover = Cover.objects.select_related("away", "covered_by").get(id=cover.id)
    if not by.is_current(at) or by != cover.covered_by or by != case.deputy:
        raise NotAskedToCover(subject=case.id)
    if cover.answered_at is not None:
        return cover
    if case.state in OVER or case.coordinator != cover.away or at >= cover.until_at:
        raise CoverIsOver(subject=case.id)
    cover.answered_at = at
    cover.save(update_fields=["answered_at"])
    record("cases.have_it", actor=by.person_id, subject=case.id, at=at)
    tell_desks([cover.away.person_id], "case", case.id)
    return cover


@every("cases.alarm_cover", seconds=15)
def alarm_cover(job: Job | None, *, at: datetime) -> int:
    """Look after what nobody said that they have: two minutes live, at the end of the ten else. Returns how many."""
    unanswered = Cover.objects.filter(answered_at__isnull=True, alarmed_at__isnull=True)
    late = unanswered.filter(since__lte=at - LIVE).exclude(case__state__in=OVER)
    due = [one for one in late.select_related("case") if one.until_at <= at or is_live(one.case)]
    return sum(_alarm(one.id, case=one.case_id, at=at) for one in due)


@transaction.atomic
def _alarm(id: int, *, case: UUID, at: datetime) -> bool:
    held = Case.objects.select_for_update().get(id=case)
    cover = Cover.objects.select_related("away").get(id=id)
    if cover.answered_at is not None or cover.alarmed_at is not None:
        return False
    cover.alarmed_at = at
    cover.save(update_fields=["alarmed_at"])
    if held.coordinator != cover.away or last_seen_at(held) > cover.since + A_MOMENT:
        return False
    record("cases.nobody_covered", actor=None, subject=held.id, at=at)
    away = [one.person_id for one in seats_in_sight(held) if one == cover.away]
    tell_desks(away, "case", held.id)
    ring(away, at=at, at_once=True)
    if is_live(held):
        _ask_the_leads(held, since=cover.since, at=at)
    return True


def _ask_the_leads(case: Case, *, since: datetime, at: datetime) -> None:
    """Beside the deputy. It is over as soon as the coordinator is back."""
    standing = case.handovers.open().first()
    if standing is not None and standing.as_deputy:
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
        standing = None
    if standing is None:
        standing = Handover(case=case, former=case.coordinator, asked_at=at, silent_since=since)
    rings = rings_of(standing, at=at)
    standing.calls, standing.called_at = max(standing.calls, len(rings)), at
    standing.save()
    tell(standing, list({one.id: one for each in rings for one in each}.values()), at=at)
