"""The guards of workflow.md 4.5, each a rule with a name. Verbs call them inside their own transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.cases.conflicts import is_eligible
from concord.cases.own_key import NeedsOwnKey as NeedsOwnKey
from concord.cases.own_key import check_key as check_key
from concord.concurrence.models import State, Version
from concord.monitoring.readers import acquainted_with
from concord.people.models import StaffMember
from concord.refusals import Refused


class NeedsAnotherStaffMember(Refused):
    """Nobody agrees to their own proposal, under whichever login (R-CONCUR-1)."""

    words = _("You proposed this yourself. It needs a second yes from somebody else.")


class NotDesignated(Refused):
    """Only current staff may agree: not a volunteer, not somebody whose designation has ended."""

    words = _("Only current members of staff can agree to a proposal.")


class HasAConflict(Refused):
    """Somebody recused, kept out or tied has no part in this."""

    words = _("This is not open to you.")


class ProposerHasAConflict(Refused):
    """Whoever proposed it has no part in it any more: they are close to somebody it is about, or were taken out.

    Whoever presses did nothing wrong and is told so; what stands between the proposer and whom is said to nobody.
    Whoever answers for the case is rung (`ring_for_conflict`).
    """

    words = _(
        "This cannot be carried out as it stands, because whoever proposed it can have no part in it. That is not "
        "about you. Nothing was changed, and whoever answers for the case is called: the other of them can take it "
        "over."
    )
    status = 409


class Acquainted(Refused):
    """Who knows somebody it is about a little may say what they know, and gives no yes (R-CONCUR-1)."""

    words = _(
        "You said that you know somebody this is about, so the second yes has to come from somebody else."
    )


class NeedsAdopting(Refused):
    """What somebody signed who has left the team since is carried out by nobody."""

    words = _(
        "Somebody who signed this is not on the team any more. Whoever coordinates the case, or the deputy, takes it "
        "over as theirs first."
    )
    status = 409


class NoLongerOpen(Refused):
    """The proposal was carried out, withdrawn, voided or declined."""

    words = _("This proposal is closed. Nothing was changed.")
    status = 409


class StaleVersion(Refused):
    """The text was edited: an agreement never attaches to a text its giver did not open."""

    words = _("The proposal was changed after you opened it. Please read the new text first.")
    status = 409


class Lapsed(Refused):
    """Nobody agreed in time, or nobody carried it out."""

    words = _("This proposal has lapsed. It can be proposed again.")
    status = 409


class ClockIsBehind(Refused):
    """Somebody set the clock back: what is agreed to or done would seem older than what it rests on."""

    words = _("The clock of this server runs behind. Please try again in a moment.")
    status = 409


class NeedsOpening(Refused):
    """Whoever agrees, carries it out or makes it theirs has opened this very version."""

    words = _("Please open the proposal and read it first.")
    status = 409


class NeedsCoordinator(Refused):
    """The coordinator of the case does this, or the deputy."""

    words = _("Only the coordinator of this case, or the deputy, can do this.")


def check_staff(by: StaffMember, *, at: datetime) -> None:
    if not (by.may_concur and by.is_current(at)):
        raise NotDesignated()


def check_coordinates(version: Version, by: StaffMember) -> None:
    case = version.proposal.case
    if by not in (case.coordinator, case.deputy):
        raise NeedsCoordinator(subject=version.proposal_id)


def check_newest(version: Version, newest: Version) -> None:
    """What was pressed stood on a page of this very text; one that was put in its place since is read first."""
    if version.id != newest.id:
        raise StaleVersion(subject=version.proposal_id)


def check_read(version: Version, person: UUID) -> None:
    """Whoever puts their name to a text, or carries it out, wrote it or has opened it."""
    if person != version.proposer and not version.openings.filter(person=person).exists():
        raise NeedsOpening(subject=version.proposal_id)


def check_open(
    version: Version, *, at: datetime, states: tuple[State, ...] = (State.PROPOSED,)
) -> None:
    """The version is the newest, not void, in one of the states, and has not lapsed; nor is it from the future."""
    proposal = version.proposal
    if version.id != proposal.version.id or version.voided_at is not None:
        raise StaleVersion(subject=proposal.id)
    if proposal.state not in states:
        raise NoLongerOpen(subject=proposal.id)
    if at >= version.lapses_at:
        raise Lapsed(subject=proposal.id)
    if at < version.submitted_at:
        raise ClockIsBehind(subject=proposal.id)


def is_on_the_team(person: UUID, *, at: datetime) -> bool:
    """Whether what this person signed can still be carried out."""
    return StaffMember.objects.who_may_concur(at).filter(person=person).exists()


def check_on_the_team(version: Version, person: UUID, *, at: datetime) -> None:
    if not is_on_the_team(person, at=at):
        raise NeedsAdopting(subject=version.proposal_id)


def check_no_conflict(version: Version, person: UUID, *, about: set[UUID], at: datetime) -> None:
    """The person is current, unrecused, kept out by nobody and tied to nobody it is about."""
    if not is_eligible(version.proposal.case, person, about=about, at=at):
        raise HasAConflict(subject=version.proposal_id)


def check_proposer(version: Version, *, about: set[UUID], at: datetime) -> None:
    """Whoever proposed it has no conflict, and whoever presses does not hear of it as if it were theirs."""
    if not is_eligible(version.proposal.case, version.proposer, about=about, at=at):
        raise ProposerHasAConflict(subject=version.proposal_id)


def check_not_acquainted(
    version: Version, person: UUID, *, about: set[UUID], known_to: set[UUID]
) -> None:
    """The person who agrees did not say that they know one whom it is about, with or without a login here."""
    if person in acquainted_with(about) | known_to:
        raise Acquainted(subject=version.proposal_id)
