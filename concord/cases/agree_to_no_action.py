"""agree_to_no_action: another staff member agrees that nothing needs to be done, or does not (workflow.md 4.4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.clocks import standing_of
from concord.cases.close_case import is_unread
from concord.cases.conflicts import may_leave_it
from concord.cases.models import Agreement, Case, NoAction, State
from concord.cases.move import move
from concord.cases.own_key import check_key
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.readers import outside_contact
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.lay_outcome import NOTHING_DONE, lay_outcome
from concord.reports.outside import Outside, check_may_read
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class NeedsAnother(Refused):
    """Whoever decided that nothing is done cannot agree to it as well, under whatever login."""

    words = _("Somebody else has to agree that nothing needs to be done.")


class TheTeamAgrees(Refused):
    """The outside contact stands in for a team that has nobody left; they do not stand beside one that has."""

    words = _("Somebody on the team may agree to this, so it is theirs to say.")


class IsSettled(Refused):
    """It was taken back, declined, or something was proposed or said since."""

    words = _("This is settled already, or something has changed since. Look at the case again.")
    status = 409


class WrittenSince(IsSettled):
    """Whoever agrees has read of everything that the reporter told; what came since stands in no reason."""

    words = _(
        "Whoever reported has written since this was decided. Your colleague reads it, and decides anew."
    )


class ReadItFirst(Refused):
    """Whoever agrees that nothing is done has opened why, in this very text."""

    words = _("Please open it and read why first.")
    status = 409


class SayWhyNot(Refused):
    """Not agreeing has a reason: it is shown to whoever decides next."""

    words = _("Please write in a sentence why you do not agree. Nothing you wrote is lost.")
    status = 409


@transaction.atomic
def agree_to_no_action(
    decided: NoAction, *, by: StaffMember, keyring: Keyring, at: datetime
) -> Agreement:
    """Agree; from this moment the case is at NO_ACTION, and whoever chose to hear finds it. Twice is once.

    The same people as for anything that is done: another, current, eligible, without a conflict, who knows nobody in it
    a little, who was given it and has read it. Raises `NeedsOwnKey`, `NeedsAnother`, NoGrant, `ReadItFirst`,
    `IsSettled`, and `WrittenSince`, which is one.
    """
    check_key(by, keyring.holder)
    case, decided = _held(decided, by=by, at=at)
    return _agree(case, decided, person=by.person_id, at=at)


@transaction.atomic
def agree_from_outside(decided: NoAction, *, by: Outside, at: datetime) -> Agreement:
    """The same by the outside contact, where nobody on the team may. Raises `TheTeamAgrees` besides."""
    case, decided = _held_outside(decided, by=by, at=at)
    return _agree(case, decided, person=by.contact.holder, at=at)


def _agree(case: Case, decided: NoAction, *, person: UUID, at: datetime) -> Agreement:
    there = Agreement.objects.filter(no_action=decided).first()
    if there is not None and there.person == person:
        return there
    _check_waits(case, decided)
    if standing_of(case).is_open:
        raise IsSettled(subject=case.id)
    if is_unread(case) or case.no_actions.overtaken().exists():
        raise WrittenSince(subject=case.id)
    if not decided.readings.filter(person=person).exists():
        raise ReadItFirst(subject=case.id)
    agreed = Agreement.objects.create(
        no_action=decided, decided_by=decided.decided_by, person=person, agreed_at=at
    )
    move(case, State.NO_ACTION, at=at)
    record("cases.agree_to_no_action", actor=person, subject=case.id, at=at)
    if not standing_of(case).decided:
        for source in case.sources.select_related("report"):
            if source.report:
                lay_outcome(source.report, [NOTHING_DONE], on=at.date(), at=at)
    tell_desks(files.readers(case.file), "case", case.id)
    return agreed


@transaction.atomic
def decline_no_action(
    decided: NoAction, *, reason: str, by: StaffMember, keyring: Keyring, at: datetime
) -> NoAction:
    """Do not agree, and say why: sealed to the case, shown to its people. The case stays where it was.

    Raises `NeedsOwnKey`, `NeedsAnother`, NoGrant, `IsSettled`, `SayWhyNot`.
    """
    check_key(by, keyring.holder)
    case, decided = _held(decided, by=by, at=at)
    return _decline(case, decided, reason=reason, person=by.person_id, at=at)


@transaction.atomic
def decline_from_outside(decided: NoAction, *, reason: str, by: Outside, at: datetime) -> NoAction:
    """The same by the outside contact."""
    case, decided = _held_outside(decided, by=by, at=at)
    return _decline(case, decided, reason=reason, person=by.contact.holder, at=at)


def _decline(case: Case, decided: NoAction, *, reason: str, person: UUID, at: datetime) -> NoAction:
    if decided.declined_by == person:
        return decided
    _check_waits(case, decided)
    if not reason.strip():
        raise SayWhyNot(subject=case.id)
    decided.declined_by, decided.ended_at = person, at
    decided.declined_sealed = files.seal(
        case.file, reason.strip().encode(), about=about_declined(decided.id)
    )
    decided.save(update_fields=["declined_by", "declined_sealed", "ended_at"])
    record("cases.decline_no_action", actor=person, subject=case.id, at=at)
    tell_desks(files.readers(case.file), "case", case.id)
    ring([decided.decided_by], at=at)
    return decided


def about_declined(decided: UUID) -> str:
    return f"no action declined:{decided}"


def _held(decided: NoAction, *, by: StaffMember, at: datetime) -> tuple[Case, NoAction]:
    case = Case.objects.select_for_update().get(id=decided.case_id)
    decided = NoAction.objects.get(id=decided.id)
    if decided.decided_by == by.person_id:
        raise NeedsAnother(subject=case.id)
    may = by.is_current(at) and files.may_open(decided.briefing, by.person_id)
    if not (may and may_leave_it(case, [by.person_id], at=at)):
        raise NoGrant(subject=case.id)
    return case, decided


def _held_outside(decided: NoAction, *, by: Outside, at: datetime) -> tuple[Case, NoAction]:
    """For the outside contact of now, who was given it to read, while nobody on the team could agree."""
    case = Case.objects.select_for_update().get(id=decided.case_id)
    decided = NoAction.objects.get(id=decided.id)
    check_may_read(by)
    contact = outside_contact(at)
    is_theirs = contact is not None and contact.holder == by.contact.holder
    if not (is_theirs and files.may_open(decided.briefing, by.contact.holder)):
        raise NoGrant(subject=case.id)
    if may_agree_on_the_team(decided, at=at):
        raise TheTeamAgrees(subject=case.id)
    return case, decided


def may_agree_on_the_team(decided: NoAction, *, at: datetime) -> bool:
    """Whether somebody on the team was given it to read and may still agree."""
    others = files.readers(decided.briefing) - {decided.decided_by}
    return bool(may_leave_it(decided.case, others, at=at))


def _check_waits(case: Case, decided: NoAction) -> None:
    agreed = Agreement.objects.filter(no_action=decided).exists()
    joined = case.sources.filter(joined_at__gt=decided.decided_at).exists()
    if agreed or joined or decided.ended_at is not None or case.state != State.ASSESSED:
        raise IsSettled(subject=case.id)
