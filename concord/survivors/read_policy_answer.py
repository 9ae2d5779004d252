"""read_policy_answer: the guard on what belongs to no case, and tells nothing of any (P-CONTACT-1, K-CONF-1).

An answer about the policy; one to whoever asks us to look again and names nothing; a note for the next shift.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from concord.cases.models import Case, State
from concord.cases.parties import known_parties
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.survivors.models import Verdict
from concord.survivors.read_text import NamesSomebodyProtected, digest_of, join, names_one_of
from concord.vault import files
from concord.vault.keyring import Keyring


def read_policy_answer(
    *texts: str,
    about: UUID,
    by: UUID,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> UUID | None:
    """Read a text for everybody who is in an open case that its author can open, respondents too.

    Whoever reads it learns about no case, not even a name. None for a text about a report or a case. Raises
    `NamesSomebodyProtected`.
    """
    if any(each.objects.filter(id=about).exists() for each in (Case, Report)):
        return None
    whole = join(texts)
    for case in _cases_of(by):
        for party in known_parties(case, keyring=keyring):
            if names_one_of(whole, party):
                raise NamesSomebodyProtected(subject=about)
    verdict = Verdict.objects.create(text_digest=digest_of(whole), read_by=by, read_at=at)
    record("survivors.read_policy_answer", actor=by, subject=about, at=at, verdict=verdict.id)
    return verdict.id


def _cases_of(person: UUID) -> list[Case]:
    """None for the outside contact, who is not on the team."""
    staff = StaffMember.objects.filter(person_id=person).first()
    if staff is None:
        return []
    cases = Case.objects.visible_to(staff).exclude(state=State.CLOSED)
    return [case for case in cases if files.may_open(case.file, person)]
