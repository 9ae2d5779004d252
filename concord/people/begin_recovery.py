"""begin_recovery: a colleague lost their passphrase; two share-holders are going to bring their keys back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.letterbox import codes
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import ceremony, environment
from concord.vault.ceremony import Ceremony


class NotYoursToRecover(Refused):
    """Only current members of the team, for another current member."""

    words = _("Only a current member of the team can do this, and for a colleague who is one too.")


@dataclass(frozen=True)
class Begun:
    """What was begun, and the code for whoever lost their passphrase: shown once, and kept nowhere."""

    ceremony: Ceremony
    code: str

    def __repr__(self) -> str:
        return f"<Begun {self.ceremony}>"


@transaction.atomic
def begin_recovery(
    staff: StaffMember, *, hands_to: Sequence[StaffMember], by: StaffMember, at: datetime
) -> Begun:
    """Begin it, and say who gets the new shares. Raises NotYoursToRecover and what `ceremony.begin` raises.

    Whoever begins it gives the code to the person they know, by voice or face to face. It opens one page, on which a
    new passphrase is taken; it signs nobody in, and the second factor stays what it was.
    """
    if not all(one.is_current(at) for one in (staff, by, *hands_to)):
        raise NotYoursToRecover(subject=staff.person_id)
    code = codes.encode(secrets.token_bytes(codes.SECRET_BYTES))
    begun = ceremony.begin(
        staff.person_id,
        by=by.person_id,
        hands_to=[one.person_id for one in hands_to],
        code_digest=digest_of(code),
        at=at,
    )
    return Begun(begun, codes.in_fours(code))


def digest_of(code: str) -> bytes:
    """By which a code finds what it opens."""
    return environment.mac("recovery code", code.encode(), 32)
