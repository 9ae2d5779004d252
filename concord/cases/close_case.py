"""close_case: the coordinator closes a case; where nothing was done, another person has to agree (workflow.md 4.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import expunge_on, standing_of
from concord.cases.models import OVER, Case, CheckIn, Closing, State
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.lay_outcome import NOTHING_DONE, lay_outcome
from concord.vault import files

CHECK_INS = (timedelta(days=7), timedelta(days=30))
"""After closing: when somebody says whether it has stayed quiet (workflow.md 4.9)."""


class CaseIsClosed(Refused):
    """A closed case is read, held or reopened; nothing else happens in it."""

    words = _("This case is closed. Reopen it first.")
    status = 409


class OnlyItsCoordinatorCloses(Refused):
    """Coordinator or deputy close a case, as long as they are on the team and can open it."""

    words = _("Only the coordinator or the deputy of this case can do this.")


class NotDoneYet(Refused):
    """A proposal waits for a second yes, or a step was not seen to hold yet."""

    words = _("Something that was proposed here is not done yet. Finish it or withdraw it first.")
    status = 409


class NeedsAssessment(Refused):
    """Nobody leaves a case without an action before they have said how it stands (workflow.md 4.4)."""

    words = _(
        "First say how it stands: whether it goes on, what was wished, who could come to harm."
    )
    status = 409


class NeedsLessons(Refused):
    """A case is not closed without a sentence on why, and what was learned."""

    words = _("Please write in a sentence why it can be closed, and what you take from it.")
    status = 409


@transaction.atomic
def close_case(case: Case, *, lessons: str, by: StaffMember, at: datetime) -> Closing:
    """Close a case, with what was learned sealed into it and the day on which it is erased.

    What came of it is read off its decisions. Where none was made it stays open until somebody else agrees
    (`agree_to_close`); asked for again, the words are replaced. Raises `OnlyItsCoordinatorCloses`,
    `CaseIsClosed`, `NotDoneYet`, `NeedsAssessment` where nothing was decided, `NeedsLessons`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_works_on(case, by=by, at=at)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    standing = standing_of(case)
    if standing.is_open or case.state == State.ACTION_PENDING:
        raise NotDoneYet(subject=case.id)
    if not lessons.strip():
        raise NeedsLessons(subject=case.id)
    if not standing.decided and case.state in (State.OPEN, State.REOPENED):
        raise NeedsAssessment(subject=case.id)
    Closing.objects.filter(case=case, closed_at__isnull=True).delete()
    closing_id = uuid4()
    closing = Closing.objects.create(
        id=closing_id,
        case=case,
        outcome=Closing.Outcome.ACTION if standing.decided else Closing.Outcome.NO_ACTION,
        lessons_sealed=files.seal(case.file, lessons.strip().encode(), about=about(closing_id)),
        wished_by=by.person_id,
        wished_at=at,
    )
    record("cases.close", actor=by.person_id, subject=case.id, at=at, outcome=str(closing.outcome))
    if standing.decided:
        end(closing, at=at)
    return closing


def end(closing: Closing, *, at: datetime) -> None:
    """The transition itself; both ways to it end here. Whoever chose to hear finds what came of it."""
    case = closing.case
    closing.closed_at = at
    closing.expunge_on = expunge_on(standing_of(case), closed_at=at)
    closing.save(update_fields=["agreed_by", "closed_at", "expunge_on"])
    Case.objects.filter(id=case.id).update(state=State.CLOSED)
    CheckIn.objects.bulk_create(
        CheckIn(closing=closing, due_on=(at + after).astimezone(UTC).date()) for after in CHECK_INS
    )
    if closing.outcome == Closing.Outcome.NO_ACTION:
        for source in case.sources.select_related("report"):
            if source.report:
                lay_outcome(source.report, [NOTHING_DONE], on=at.date(), at=at)


def check_works_on(case: Case, *, by: StaffMember, at: datetime) -> None:
    """Raise `OnlyItsCoordinatorCloses` unless this is the coordinator or deputy, on the team, holding its key."""
    seats = {case.coordinator_id, case.deputy_id}
    if not (by.is_current(at) and by.id in seats and files.may_open(case.file, by.person_id)):
        raise OnlyItsCoordinatorCloses(subject=case.id)


def about(closing: UUID) -> str:
    return f"closing:{closing}"
