"""seal_outside: a case with fewer than two holders on the team is sealed to the outside contact as well (I-WHO-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from concord.cases.models import Case
from concord.monitoring.ring import ring
from concord.people.models import OutsideContact
from concord.vault import files
from concord.vault.keyholders import keyholders
from concord.vault.keyring import Keyring

ENOUGH = 2


def seal_outside(
    case: Case, *, keyring: Keyring | None, at: datetime, without: UUID | None = None
) -> None:
    """Make the grant while there is still a key to make it with: `without` is about to lose theirs.

    Whoever left the team holds nothing that opens, though their grants may still be there.

    With no key at hand it stays owed; whoever is left makes it at their next request, and failing them recovery
    does, whenever it is put together.
    """
    holders = keyholders(files.readers(case.file) | files.dormant_readers(case.file))
    contacts = set(OutsideContact.objects.values_list("holder", flat=True))
    if len(holders - contacts - {without}) < ENOUGH:
        owe_outside(case, at=at)
        if keyring is not None and keyring.holder in files.readers(case.file):
            files.settle(keyring, at=at)


def owe_outside(case: Case, *, at: datetime) -> None:
    """Owe its key to the outside contact, unless they hold it, and ask them by letter to look."""
    for contact in OutsideContact.objects.current(at):
        if not files.may_open(case.file, contact.holder):
            files.owe(case.file, to=contact.holder, at=at)
            ring([contact.holder], at=at)
