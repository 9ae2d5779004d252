"""Who may go on reading a case after something joined it: those kept out by none of what it rests on (workflow.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.cases.parties import respondents
from concord.cases.recuse import take_out
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


@transaction.atomic
def ask_old_readers(
    case: Case, *, keyring: Keyring, at: datetime, also: Iterable[UUID] = ()
) -> None:
    """As it is opened again: ties were declared late, people left, a party may have joined the team (decision 14).

    `also` are persons it is known to be about without opening it. A key that does not open it takes out whom it can,
    and the rest waits for the next that does.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    about = set(also)
    try:
        about |= respondents(case, keyring=keyring)
    except NoGrant:
        Case.objects.filter(id=case.id).update(old_readers_wait=True)
    else:
        Case.objects.filter(id=case.id).update(old_readers_wait=False)
    leave_only_common_readers(case, about=about, keyring=keyring, at=at)


def leave_only_common_readers(
    case: Case, *, about: set[UUID], keyring: Keyring, at: datetime
) -> None:
    """Take everybody else out, as if they had stepped out; a coordinator is followed by the deputy, and so on.

    `about` are the persons it is about. The outside contact, who is not on the team, is left as they are.
    """
    able = {staff.person_id for staff in eligible(case, about=about, at=at)}
    staff = set(StaffMember.objects.values_list("person_id", flat=True))
    holders = files.readers(case.file) | files.dormant_readers(case.file)
    for person in sorted((holders & staff) - able):
        take_out(case, who=person, by=None, at=at, keyring=keyring)
