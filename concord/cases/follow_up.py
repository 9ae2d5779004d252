"""follow_up: whoever had to be told was told; from here on somebody asks whether it stays quiet (workflow.md 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import standing_of
from concord.cases.close_case import NotDoneYet, check_works_on
from concord.cases.models import Case, CheckIn, FollowUp, State
from concord.cases.move import move
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.lay_outcome import lay_outcome, was_told

CHECK_INS = (timedelta(days=7), timedelta(days=30))
"""After following up began: when somebody says whether it has stayed quiet (workflow.md 4.9)."""


class NoticesWait(Refused):
    """A letter to somebody whom it concerns is still held back."""

    words = _("A notice has not gone out yet. It goes as soon as every step is seen to hold.")
    status = 409


@transaction.atomic
def follow_up(case: Case, *, by: StaffMember, at: datetime) -> FollowUp:
    """Begin; twice is once. Whoever chose to hear what was done, and came too late for it, is told now.

    Raises `OnlyItsCoordinatorCloses`, `NotDoneYet` while something is proposed or a step was not seen to hold,
    `NoticesWait`, `NoSuchTransition` from any other state.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_works_on(case, by=by, at=at)
    running = case.follow_ups.filter(ended_at__isnull=True).first()
    if running is not None:
        return running
    standing = standing_of(case)
    if standing.is_open:
        raise NotDoneYet(subject=case.id)
    if standing.notices_wait:
        raise NoticesWait(subject=case.id)
    move(case, State.FOLLOW_UP, at=at)
    for source in case.sources.select_related("report"):
        if source.report and standing.kinds and not was_told(source.report):
            lay_outcome(source.report, standing.kinds, on=at.date(), at=at)
    begun = FollowUp.objects.create(case=case, begun_by=by.person_id, begun_at=at)
    CheckIn.objects.bulk_create(
        CheckIn(follow_up=begun, due_on=(at + after).astimezone(UTC).date()) for after in CHECK_INS
    )
    record("cases.follow_up", actor=by.person_id, subject=case.id, at=at)
    return begun
