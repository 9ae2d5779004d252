"""reopen_case: a case that rested is taken up again: a new report, retaliation, a review (workflow.md 4.4).

Closed, or on the way there: what is stabilised, left as it is or followed up comes back by the same way, for
something new does not wait for the closing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.common_readers import leave_only_common_readers
from concord.cases.models import Case
from concord.cases.move import reopen, rests
from concord.cases.parties import respondents
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class NotClosed(Refused):
    """Only what rests, and is not erased, is reopened."""

    words = _("This case is open, or gone.")
    status = 409


@transaction.atomic
def reopen_case(case: Case, *, by: StaffMember, keyring: Keyring, at: datetime) -> Case:
    """Open it again; the day of erasing is void. Whoever has a conflict by now is taken out of it first.

    Raises `NotClosed`; NoGrant for whoever cannot open it.
    """
    case = Case.objects.select_for_update().get(id=case.id)
    if not (by.is_current(at) and files.may_open(case.file, by.person_id)):
        raise NoGrant(subject=case.id)
    if not rests(case):
        raise NotClosed(subject=case.id)
    reopen(case, by=by.person_id, at=at)
    # Ties are declared late, people leave, a party may have joined the team.
    about = respondents(case, keyring=keyring)
    leave_only_common_readers(case, about=about, keyring=keyring, at=at)
    case.refresh_from_db()
    return case
