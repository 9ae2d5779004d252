"""classify_case: staff say of what kind it is, on which grounds, and of which day; nobody else is asked.

Keeps P-GROUNDS-1, V-DEF-1, and P-EFFECT-1 where neither a post nor the moment of a flag tells the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case
from concord.cases.write_note import MayNotWriteHere
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.policy.models import Version
from concord.policy.violations import GROUNDS, KINDS
from concord.refusals import Refused
from concord.vault import files
from concord.vault.keyring import Keyring


class NotOnThatDay(Refused):
    """Conduct is judged by the version in force when it happened; on this day there was none, or it has yet to come."""

    words = _(
        "No version of the policy was in force on that day. Leave the day empty if nobody knows it."
    )
    status = 409


class Classification(NamedTuple):
    """Codes of kinds and grounds, in the policy's order."""

    kinds: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()


@transaction.atomic
def classify_case(
    case: Case,
    *,
    kinds: Iterable[str],
    grounds: Iterable[str],
    happened_on: date | None = None,
    by: StaffMember,
    at: datetime,
) -> Classification:
    """Seal it to the case: a ground beside a code would tell about a person. Said anew, it replaces what was said.

    Codes that the policy does not know are left out. Of `happened_on` only the version of that day is kept, and
    without it the one that was known stays.
    Raises `MayNotWriteHere` for whoever cannot open the case, `NotOnThatDay`.
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
    if happened_on is not None:
        case.happened_under = _version_of(happened_on, case=case, at=at)
    case.save(update_fields=["classified", "happened_under"])
    record("cases.classify", actor=by.person_id, subject=case.id, at=at)
    return said


def _version_of(day: date, *, case: Case, at: datetime) -> int:
    """The one in force as the day ended. It may be tomorrow already where they are."""
    version = Version.objects.in_force(datetime.combine(day, time.max, tzinfo=UTC))
    if version is None or day > (at + timedelta(days=1)).date():
        raise NotOnThatDay(subject=case.id)
    return version.number


def read_classification(case: Case, *, keyring: Keyring) -> Classification:
    """What was said last; empty before anybody did. Raises NoGrant."""
    if case.classified is None:
        return Classification()
    plain = files.unseal(case.file, bytes(case.classified), about=_about(case), keyring=keyring)
    said = json.loads(plain)
    return Classification(tuple(said["kinds"]), tuple(said["grounds"]))


def _about(case: Case) -> str:
    return f"case:{case.id}:classified"
