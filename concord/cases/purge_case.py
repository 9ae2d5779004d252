"""purge_case: what a closed case holds is erased on its day; its code, its dates and how much there was stay.

Decisions outlive contents: they, and what holds at the door, lie elsewhere and are not touched (workflow.md 4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import expunge_on, standing_of
from concord.cases.close_case import is_unread
from concord.cases.models import Case, Closing, Hold, LinkedCase, Purge, State
from concord.cases.move import move
from concord.cases.signals import purging
from concord.ledger.record import record
from concord.monitoring.erase_flag import erase_flag
from concord.refusals import Refused
from concord.reports.erase_report import erase_report
from concord.vault import files

AFTER_WARNING = timedelta(days=7)
"""Nothing is erased sooner after the last warning than this, whatever the day says."""


_keep: list[Callable[[Case], bool]] = []


def keeps_it(keeps: Callable[[Case], bool]) -> Callable[[Case], bool]:
    """Let a room above say that something about a case waits for a person's answer; once per process."""
    if keeps not in _keep:
        _keep.append(keeps)
    return keeps


class IsHeld(Refused):
    """A hold stands, and is asked at the very moment of erasing."""

    words = _("This case is held. Nothing of it is erased.")
    status = 409


class NotItsDayYet(Refused):
    """It is not closed, its day has not come, or its people were not told a week before."""

    words = _("The day on which this case is erased has not come yet.")
    status = 409


@transaction.atomic
def purge_case(case: Case, *, at: datetime) -> Purge:
    """Erase reports, flags, parties, notes and copies of posts, with every key to them. Twice is once.

    Announces `purging` first. Raises `IsHeld`, `NotItsDayYet`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    done = Purge.objects.filter(case=case).first()
    if done is not None:
        return done
    if Hold.objects.standing().filter(case=case).exists():
        raise IsHeld(subject=case.id)
    if not is_due(case, at=at):
        raise NotItsDayYet(subject=case.id)
    purging.send(sender=Case, case=case, at=at)
    purge = Purge.objects.create(case=case, purged_at=at, **_how_much(case))
    _erase_sources(case, at=at)
    files.destroy(case.file, by=None, at=at)
    for kept in _kept(case):
        kept.all().delete()
    LinkedCase.objects.filter(case=case).delete()
    LinkedCase.objects.filter(older=case).delete()
    Closing.objects.filter(case=case).update(lessons_sealed=b"")
    _forget_why_nothing_was_done(case, at=at)
    move(case, State.PURGED, at=at)
    Case.objects.filter(id=case.id).update(classified=None)
    record("cases.purge", actor=None, subject=case.id, at=at)
    return purge


def _forget_why_nothing_was_done(case: Case, *, at: datetime) -> None:
    """Who decided and who agreed stays, as with what was done."""
    for decided in case.no_actions.all():
        files.destroy(decided.briefing, by=None, at=at)
    case.no_actions.filter(declined_sealed__isnull=False).update(declined_sealed=b"")
    case.no_actions.update(sealed=b"")


def _kept(case: Case) -> tuple[models.Manager[Any], ...]:
    return (
        *(case.parties, case.notes, case.evidence, case.holds, case.exports, case.restrictions),
        *(case.assessments, case.handovers, case.covers),
    )


def is_due(case: Case, *, at: datetime) -> bool:
    """Closed, its day has come as its decisions stand now, and its people were warned for the last time.

    Not while something lies in it that somebody who reported has added, and that nobody has read, nor while something
    about it waits for an answer in a room above.
    """
    closing = Closing.objects.filter(case=case, reopened_at__isnull=True).first()
    if case.state != State.CLOSED or closing is None:
        return False
    if is_unread(case) or any(keeps(case) for keeps in _keep):
        return False
    day = expunge_on(standing_of(case), closed_at=closing.closed_at)
    warned = closing.warned_last_at
    return day <= at.astimezone(UTC).date() and warned is not None and warned + AFTER_WARNING <= at


def _how_much(case: Case) -> dict[str, int]:
    return {
        "flags": case.sources.filter(flag__isnull=False).count(),
        "reports": case.sources.filter(report__isnull=False).count(),
        "parties": case.parties.count(),
        "notes": case.notes.count(),
        "posts": case.evidence.count(),
    }


def _erase_sources(case: Case, *, at: datetime) -> None:
    sources = list(case.sources.select_related("flag", "report"))
    case.sources.all().delete()
    for source in sources:
        if source.flag:
            erase_flag(source.flag, at=at)
        if source.report:
            erase_report(source.report, at=at)
