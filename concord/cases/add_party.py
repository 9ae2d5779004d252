"""add_party: whoever can open a case names somebody who is in it, under a role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.cases.close_case import CaseIsClosed
from concord.cases.models import OVER, Case, Party
from concord.cases.parties import put_in
from concord.cases.write_note import MayNotWriteHere
from concord.people.models import StaffMember
from concord.vault import files


@transaction.atomic
def add_party(
    case: Case,
    *,
    role: str,
    name: str,
    by: StaffMember,
    at: datetime,
    handles: Iterable[str] = (),
    addresses: Iterable[str] = (),
    person_id: UUID | None = None,
    assisted: bool = False,
) -> Party:
    """Name them, with what follows from it (`parties.put_in`).

    Raises `MayNotWriteHere` for whoever cannot open the case or left the team, `CaseIsClosed`, `UnknownRole`.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    check_may_name(case, by=by, at=at)
    return put_in(
        case,
        role=role,
        name=name,
        by=by.person_id,
        at=at,
        handles=handles,
        addresses=addresses,
        person_id=person_id,
        assisted=assisted,
    )


def check_may_name(case: Case, *, by: StaffMember, at: datetime) -> None:
    """Raise `MayNotWriteHere` or `CaseIsClosed`, also before anything was typed."""
    if not (by.is_current(at) and files.may_open(case.file, by.person_id)):
        raise MayNotWriteHere(subject=case.id)
    if case.state in OVER:
        raise CaseIsClosed(subject=case.id)
