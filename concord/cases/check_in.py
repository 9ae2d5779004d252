"""check_in: 7 and 30 days after a case is followed up, somebody says whether it stayed quiet (workflow.md 4.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.cases.close_case import check_works_on
from concord.cases.models import Case, CheckIn, State
from concord.cases.reopen_case import reopen_case
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring

AGAIN = timedelta(days=7)
ASKED_IN = [State.FOLLOW_UP, State.CLOSED]
"""Closed as well: cases from before there was a time of following up are asked after all the same."""


class NotDueYet(Refused):
    """It is asked on its day, not before: what has stayed quiet for a day has not stayed quiet."""

    words = _("It is too soon to say.")
    status = 409


class SayWhatYouFound(Refused):
    """One of three answers."""

    words = _("Please choose what you found.")
    status = 409


@transaction.atomic
def check_in(
    asked: CheckIn, *, found: str, by: StaffMember, keyring: Keyring, at: datetime
) -> CheckIn:
    """Say what one found. "It went on" reopens the case, at once. Twice is once.

    Raises `OnlyItsCoordinatorCloses` for anybody but coordinator and deputy, `NotDueYet`, `SayWhatYouFound`.
    """
    case = Case.objects.select_for_update().get(follow_ups=asked.follow_up_id)
    asked = CheckIn.objects.select_related("follow_up").get(id=asked.id)
    check_works_on(case, by=by, at=at)
    if asked.done_at is not None:
        return asked
    if asked.due_on > at.astimezone(UTC).date():
        raise NotDueYet(subject=case.id)
    if found not in CheckIn.Found.values:
        raise SayWhatYouFound(subject=case.id)
    asked.found, asked.done_by, asked.done_at = CheckIn.Found(found), by.person_id, at
    asked.save(update_fields=["found", "done_by", "done_at"])
    record("cases.check_in", actor=by.person_id, subject=case.id, at=at, found=found)
    if asked.found == CheckIn.Found.AGAIN and case.state in ASKED_IN:
        reopen_case(case, by=by, keyring=keyring, at=at)
    return asked


@every("cases.ring_check_ins", seconds=3600)
def ring_check_ins(job: Job | None, *, at: datetime) -> None:
    """Ask the people of each case whose day has come, once a week until a person answers: no clock does."""
    for asked in due(at).filter(Q(rung_at__isnull=True) | Q(rung_at__lte=at - AGAIN)):
        with transaction.atomic():
            CheckIn.objects.filter(id=asked.id).update(rung_at=at)
            readers = files.readers(asked.follow_up.case.file)
            tell_desks(readers, "case", asked.follow_up.case_id)
            ring(readers, at=at)


def due(at: datetime) -> QuerySet[CheckIn]:
    """Those whose day has come, and that no person has answered."""
    return CheckIn.objects.filter(
        done_at__isnull=True,
        due_on__lte=at.astimezone(UTC).date(),
        follow_up__ended_at__isnull=True,
        follow_up__case__state__in=ASKED_IN,
    ).select_related("follow_up__case")
