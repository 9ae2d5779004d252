"""export_case: take a copy of a case out of the desk, under one's own name (V-CONFID-1, K-NOTES-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from concord.cases.models import Case, Export
from concord.cases.read_case import Opened, read_case
from concord.cases.restricted import IsRestricted, is_restricted
from concord.ledger.codes import random_code
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


class Exported(NamedTuple):
    """What the copy holds, and the row by which it is known whose it is."""

    export: Export
    opened: Opened


@transaction.atomic
def export_case(
    case: Case, *, by: StaffMember, keyring: Keyring, at: datetime, with_notes: bool = False
) -> Exported:
    """Open a case for a copy that carries this reader's number. Internal notes only when asked for.

    Each copy has a number of its own, in the case's list and in the ledger. Raises NoGrant for whoever cannot
    open it, `IsRestricted`.
    """
    if is_restricted(case):
        raise IsRestricted(subject=case.id)
    opened = read_case(case, by=by, keyring=keyring, at=at)
    export = Export.objects.create(
        case=case, number=random_code(), person=by.person_id, with_notes=with_notes, exported_at=at
    )
    record(
        "cases.export",
        actor=by.person_id,
        subject=case.id,
        at=at,
        number=export.number,
        with_notes=with_notes,
    )
    return Exported(export, opened if with_notes else replace(opened, notes=[]))
