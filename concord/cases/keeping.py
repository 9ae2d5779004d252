"""What a case's page says of closing it, of holding it, and of the cases it belongs with."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from concord.cases.agree_to_no_action import about_declined
from concord.cases.close_case import about
from concord.cases.hold_case import about as about_hold
from concord.cases.models import Case, Closing, FollowUp, Hold, NoAction, Restriction
from concord.cases.restrict_case import about as about_restriction
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring
from concord.vault.sight import is_open_to


class Keeping(NamedTuple):
    """What stands of its end: what was decided about doing nothing, the following up, the closing; and the hold."""

    no_action: NoAction | None
    follow_up: FollowUp | None
    closing: Closing | None
    hold: Hold | None
    restrictions: list[Restriction]

    @property
    def asked(self) -> Restriction | None:
        """The restriction that somebody concerned asked for."""
        found = (one for one in self.restrictions if one.because == Restriction.Because.ASKED)
        return next(found, None)

    @property
    def is_about_the_team(self) -> bool:
        return any(one.because == Restriction.Because.TEAM for one in self.restrictions)


class Said(NamedTuple):
    """Their words, for somebody who can open the case; empty where nothing stands."""

    lessons: str
    reason: str
    declined: str
    asked: str


def keeping_of(case: Case) -> Keeping:
    overtaken = case.no_actions.overtaken().values("id")
    return Keeping(
        case.no_actions.standing().exclude(id__in=overtaken).first(),
        case.follow_ups.filter(ended_at__isnull=True).first(),
        Closing.objects.filter(case=case, reopened_at__isnull=True).first(),
        Hold.objects.standing().filter(case=case).first(),
        list(case.restrictions.standing()),
    )


def read_keeping(case: Case, keeping: Keeping, *, keyring: Keyring, at: datetime) -> Said:
    """Why it was closed, why it is held, why a colleague did not agree; reading is an entry. Raises NoGrant."""
    closing, hold = keeping.closing, keeping.hold
    declined = case.no_actions.last()
    said = Said(
        _open(case, closing.lessons_sealed, about(closing.id), keyring) if closing else "",
        _open(case, hold.reason_sealed, about_hold(hold.id), keyring) if hold else "",
        _open(case, declined.declined_sealed, about_declined(declined.id), keyring)
        if declined and declined.declined_sealed
        else "",
        _open(case, asked.reason_sealed or b"", about_restriction(asked.id), keyring)
        if (asked := keeping.asked)
        else "",
    )
    if any(said):
        record("cases.read_keeping", actor=keyring.holder, subject=case.id, at=at)
    return said


def _open(case: Case, sealed: bytes | memoryview, about: str, keyring: Keyring) -> str:
    return files.unseal(case.file, bytes(sealed), about=about, keyring=keyring).decode()


def linked_to(case: Case, *, staff: StaffMember) -> list[Case]:
    """Older and newer cases that were linked, as far as this person can open them; the others are not there."""
    linked = Case.objects.filter(Q(followed_by__case=case) | Q(follows_from__older=case))
    return list(linked.filter(is_open_to(staff.person_id)).distinct())
