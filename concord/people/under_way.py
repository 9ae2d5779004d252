"""Passphrases of colleagues that are being brought back, as the team sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from concord.people.models import StaffMember
from concord.vault import ceremony
from concord.vault.ceremony import Ceremony


@dataclass(frozen=True)
class UnderWay:
    """One of them, and whose passphrase it is."""

    ceremony: Ceremony
    lost: StaffMember


def under_way_for_others(staff: StaffMember, *, at: datetime) -> list[UnderWay]:
    """All but one's own, for which there is another page."""
    others = {one.holder: one for one in ceremony.alive(at) if one.holder != staff.person_id}
    found = StaffMember.objects.current(at).filter(person__in=others)
    return [UnderWay(others[one.person_id], one) for one in found]
