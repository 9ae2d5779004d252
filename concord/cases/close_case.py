"""close_case: what was decided has stayed quiet; the case is closed, and has a day on which it is erased (4.4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.classify_case import read_classification
from concord.cases.clocks import expunge_on, standing_of
from concord.cases.models import OVER, Case, Closing, State
from concord.cases.move import move
from concord.cases.signals import closed
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.lay_outcome import CLOSED, lay_outcome
from concord.vault import files
from concord.vault.keyring import Keyring


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


class ReadWhatTheyWrote(Refused):
    """No case is brought to an end under words of its reporter that nobody has read."""

    words = _("Whoever reported has written again, and nobody has read it. Read it first.")
    status = 409


class NotAskedYet(Refused):
    """A case is closed once somebody has looked, twice, whether it stayed quiet."""

    words = _("First it is followed up: somebody looks after a week, and after a month.")
    status = 409


class NeedsLessons(Refused):
    """A case is not closed without a sentence on why, and what was learned."""

    words = _("Please write in a sentence why it can be closed, and what you take from it.")
    status = 409


@transaction.atomic
def close_case(
    case: Case, *, lessons: str, by: StaffMember, keyring: Keyring, at: datetime
) -> Closing:
    """Close a case, with what was learned sealed into it and the day on which it is erased.

    What came of it is read off its decisions. Whoever chose to hear is told that it is closed. Announces `closed`,
    so that what it was about is counted, apart from it.

    Raises `OnlyItsCoordinatorCloses`, `CaseIsClosed`, `NotDoneYet`, `NotAskedYet` before each check-in was answered
    by a person, `ReadWhatTheyWrote`, `NeedsLessons`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_works_on(case, by=by, at=at)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
    standing = standing_of(case)
    if standing.is_open or case.state == State.ACTION_PENDING:
        raise NotDoneYet(subject=case.id)
    running = case.follow_ups.filter(ended_at__isnull=True).first()
    if running is None or running.check_ins.filter(done_at__isnull=True).exists():
        raise NotAskedYet(subject=case.id)
    if is_unread(case):
        raise ReadWhatTheyWrote(subject=case.id)
    if not lessons.strip():
        raise NeedsLessons(subject=case.id)
    closing_id = uuid4()
    closing = Closing.objects.create(
        id=closing_id,
        case=case,
        outcome=Closing.Outcome.ACTION if standing.decided else Closing.Outcome.NO_ACTION,
        lessons_sealed=files.seal(case.file, lessons.strip().encode(), about=about(closing_id)),
        closed_by=by.person_id,
        closed_at=at,
        expunge_on=expunge_on(standing, closed_at=at),
    )
    move(case, State.CLOSED, at=at)
    for source in case.sources.select_related("report"):
        if source.report:
            lay_outcome(source.report, [CLOSED], on=at.date(), at=at)
    classified = read_classification(case, keyring=keyring)
    closed.send(sender=Case, case=case, classified=classified, at=at)
    record("cases.close", actor=by.person_id, subject=case.id, at=at, outcome=str(closing.outcome))
    return closing


def is_unread(case: Case) -> bool:
    """Whether there lies something of a reporter's that none of its readers has opened."""
    return case.sources.filter(report__added_at__isnull=False).exists()


def check_works_on(case: Case, *, by: StaffMember, at: datetime) -> None:
    """Raise `OnlyItsCoordinatorCloses` unless this is the coordinator or deputy, on the team, holding its key."""
    seats = {case.coordinator_id, case.deputy_id}
    if not (by.is_current(at) and by.id in seats and files.may_open(case.file, by.person_id)):
        raise OnlyItsCoordinatorCloses(subject=case.id)


def about(closing: UUID) -> str:
    return f"closing:{closing}"
