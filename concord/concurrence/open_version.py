"""open_version: read the exact text one is asked to agree to; whoever has not, cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from concord.concurrence.contents import read_contents
from concord.concurrence.models import Opening, Version
from concord.concurrence.noes import No, noes_in, reason_of
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


@dataclass(frozen=True)
class Briefing:
    """A version in the clear: what, why, effect, and why others did not agree, to it or to an earlier text."""

    version: Version
    contents: dict[str, Any]
    declines: list[str]
    earlier: list[No]


@transaction.atomic
def open_version(version: Version, *, by: StaffMember, keyring: Keyring, at: datetime) -> Briefing:
    """The briefing, and an `Opening` row for this person and this version. Raises NoGrant."""
    contents = read_contents(version, keyring=keyring)
    _opening, first = Opening.objects.get_or_create(
        version=version, person=by.person_id, defaults={"opened_at": at}
    )
    if first:
        record("concurrence.open_version", actor=by.person_id, subject=version.id, at=at)
    return Briefing(version, contents, _declines(version, keyring), noes_in(contents))


def _declines(version: Version, keyring: Keyring) -> list[str]:
    rows = version.declines.select_related("version").order_by("declined_at")
    return [reason_of(row, keyring=keyring) for row in rows]
