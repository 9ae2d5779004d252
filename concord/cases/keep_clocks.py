"""The clocks of cases: people are warned, contacts go 90 days after closing, and cases on their day (4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import CONTACT, WARN_FIRST, WARN_LAST, expunge_on, standing_of
from concord.cases.models import Case, Closing, Hold, State
from concord.cases.purge_case import IsHeld, NotItsDayYet, is_due, purge_case
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.clocks import erases
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.reports.models import HeldBack, Report
from concord.vault import files


@every("cases.warn", seconds=3600)
def warn_of_purge(job: Job | None, *, at: datetime) -> int:
    """Tell a case's people that it is erased soon: 30 days and 7 days before, on the desk and by a letter that
    says nothing of it. The day is reckoned again each time, for a decision may have ended early."""
    return sum(_warn(closing.id, at=at) for closing in _standing())


def due_cases(at: datetime) -> Iterator[date]:
    for closing in _unheld():
        if is_due(closing.case, at=at):
            yield _day_of(closing)


@erases("cases.purge", _("closed cases, with their reports and files"), due=due_cases)
def purge_cases(*, at: datetime) -> int:
    """Erase every case whose day has come. One that fails does not stop the next. Returns how many went."""
    gone = 0
    for closing in _unheld():
        try:
            purge_case(closing.case, at=at)
        except (IsHeld, NotItsDayYet):
            continue
        gone += 1
    return gone


def due_contacts(at: datetime) -> Iterator[date]:
    for closing in _unheld():
        if closing.closed_at + CONTACT <= at:
            yield from [_utc_day(closing.closed_at + CONTACT)] * _contacts(closing.case).count()


@erases("cases.contacts", _("ways to reach people who reported"), due=due_contacts)
def forget_contacts(*, at: datetime) -> int:
    """Erase how to reach whoever reported, 90 days after closing. Their code still opens what it opens."""
    gone = 0
    for closing in _unheld():
        if closing.closed_at + CONTACT <= at:
            gone += _forget_contacts(closing.case, at=at)
    return gone


@transaction.atomic
def _forget_contacts(case: Case, *, at: datetime) -> int:
    Case.objects.select_for_update().get(id=case.id)
    if Hold.objects.standing().filter(case=case).exists():
        return 0
    ids = set(_contacts(case).values_list("id", flat=True))
    gone = Report.objects.filter(id__in=ids).update(contact_sealed=None, notice_sealed=None)
    HeldBack.objects.filter(report__in=ids).update(contact_sealed=None, notice_sealed=None)
    if gone:
        record("cases.forget_contacts", actor=None, subject=case.id, at=at, reports=gone)
    return gone


def _contacts(case: Case) -> QuerySet[Report]:
    """Those of which a way to reach somebody is kept, or held back behind a code that has not settled."""
    reports = case.sources.filter(report__isnull=False).values("report")
    kept = Q(contact_sealed__isnull=False) | Q(notice_sealed__isnull=False)
    waits = Q(held_back__contact_sealed__isnull=False) | Q(held_back__notice_sealed__isnull=False)
    return Report.objects.filter(kept | waits, id__in=reports)


@transaction.atomic
def _warn(closing_id: UUID, *, at: datetime) -> bool:
    closing = Closing.objects.select_for_update().select_related("case").get(id=closing_id)
    day, today = _day_of(closing), _utc_day(at)
    if closing.expunge_on != day:
        closing.expunge_on = day
        closing.save(update_fields=["expunge_on"])
    last = closing.warned_last_at is None and day - WARN_LAST <= today
    first = closing.warned_first_at is None and day - WARN_FIRST <= today
    if not (first or last):
        return False
    closing.warned_first_at = closing.warned_first_at or at
    closing.warned_last_at = at if last else None
    closing.save(update_fields=["warned_first_at", "warned_last_at"])
    readers = files.readers(closing.case.file)
    tell_desks(readers, "case", closing.case_id)
    ring(readers, at=at)
    record("cases.warn_of_purge", actor=None, subject=closing.case_id, at=at, last=last)
    return True


def _standing() -> list[Closing]:
    closed = Closing.objects.filter(case__state=State.CLOSED, reopened_at__isnull=True)
    return list(closed.select_related("case").order_by("expunge_on"))


def _unheld() -> list[Closing]:
    held = set(Hold.objects.standing().values_list("case", flat=True))
    return [closing for closing in _standing() if closing.case_id not in held]


def _day_of(closing: Closing) -> date:
    return expunge_on(standing_of(closing.case), closed_at=closing.closed_at)


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
