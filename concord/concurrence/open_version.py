"""open_version: read the exact text one is asked to agree to; whoever has not, cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from concord.concurrence.contents import read_contents
from concord.concurrence.models import Opening, Version
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring


@dataclass(frozen=True)
class Briefing:
    """A version in the clear: what, why, effect, and why others did not agree."""

    version: Version
    contents: dict[str, Any]
    declines: list[str]


@transaction.atomic
def open_version(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Briefing:
    """The briefing, and an `Opening` row for this person and this version. Raises NoGrant."""
    contents = read_contents(version, keyring=keyring)
    _opening, first = Opening.objects.get_or_create(
        version=version, person=by.person_id, defaults={"opened_at": at}
    )
    if first:
        record("concurrence.open_version", actor=by.person_id, subject=version.id, at=at)
    return Briefing(version, contents, _declines(version, keyring))


def _declines(version: Version, keyring: Keyring) -> list[str]:
    reasons = []
    for decline in version.proposal.versions.get(id=version.id).declines.order_by("declined_at"):
        about = f"decline:{version.id}:{decline.person}"
        reasons.append(
            files.unseal(
                version.briefing, bytes(decline.sealed), about=about, keyring=keyring
            ).decode()
        )
    return reasons
