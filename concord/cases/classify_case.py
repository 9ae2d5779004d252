"""classify_case: staff say of what kind it is, and on which grounds; nobody else is asked (P-GROUNDS-1, V-DEF-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from concord.cases.models import Case
from concord.cases.write_note import MayNotWriteHere
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.policy.violations import GROUNDS, KINDS
from concord.vault import files
from concord.vault.keyring import Keyring


class Classification(NamedTuple):
    """Codes of kinds and grounds, in the policy's order."""

    kinds: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()


@transaction.atomic
def classify_case(
    case: Case, *, kinds: Iterable[str], grounds: Iterable[str], by: StaffMember, at: datetime
) -> Classification:
    """Seal it to the case: a ground beside a code would tell about a person. Said anew, it replaces what was said.

    Codes that the policy does not know are left out. Raises `MayNotWriteHere` for whoever cannot open the case.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not (by.is_current(at) and files.may_open(case.file, by.person_id)):
        raise MayNotWriteHere(subject=case.id)
    chosen_kinds, chosen_grounds = set(kinds), set(grounds)
    said = Classification(
        tuple(code for code in KINDS if code in chosen_kinds),
        tuple(code for code in GROUNDS if code in chosen_grounds),
    )
    case.classified = files.seal(case.file, json.dumps(said._asdict()).encode(), about=_about(case))
    case.save(update_fields=["classified"])
    record("cases.classify", actor=by.person_id, subject=case.id, at=at)
    return said


def read_classification(case: Case, *, keyring: Keyring) -> Classification:
    """What was said last; empty before anybody did. Raises NoGrant."""
    if case.classified is None:
        return Classification()
    plain = files.unseal(case.file, bytes(case.classified), about=_about(case), keyring=keyring)
    said = json.loads(plain)
    return Classification(tuple(said["kinds"]), tuple(said["grounds"]))


def _about(case: Case) -> str:
    return f"case:{case.id}:classified"
