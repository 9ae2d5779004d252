"""known_pass: that a form was refused because these mailboxes are somebody's who is known here (A-DENY-1).

The refusal is in the ledger. Without such a pass nobody is told who takes part, however many mailboxes they try.
"""

from __future__ import annotations

from django.core import signing

from concord.cases.models import Case
from concord.people.models import StaffMember

_SALT = "concord.desk.known"


def known_pass(mailboxes: list[str], *, case: Case, by: StaffMember) -> str:
    """For the form that was refused, in this case and for this member of staff alone."""
    return signing.dumps([str(case.id), str(by.id), mailboxes], salt=_SALT)


def mailboxes_of(known: str, *, case: Case, by: StaffMember) -> list[str]:
    """The mailboxes that it was refused for; none for anything that we did not write for them."""
    try:
        where, whom, mailboxes = signing.loads(known, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return []
    return list(mailboxes) if (where, whom) == (str(case.id), str(by.id)) else []
