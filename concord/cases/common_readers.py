"""Who may go on reading a case after something joined it: those kept out by none of what it rests on (workflow.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.conflicts import eligible
from concord.cases.models import Case
from concord.cases.recuse import take_out
from concord.cases.signals import came_back
from concord.people.models import StaffMember
from concord.vault import files
from concord.vault.keyring import Keyring


@receiver(came_back, dispatch_uid="cases.ask_old_readers")
def ask_without_a_key(sender: type[Case], case: Case, at: datetime, **kwargs: Any) -> None:
    """As when somebody reopens it (decision 14); who is in it is told by the tokens beside its parties."""
    leave_only_common_readers(case, about=set(), keyring=None, at=at)


def leave_only_common_readers(
    case: Case, *, about: set[UUID], keyring: Keyring | None, at: datetime
) -> None:
    """Take everybody else out, as if they had stepped out; a coordinator is followed by the deputy, and so on.

    `about` are the persons it is about. The outside contact, who is not on the team, is left as they are.
    """
    able = {staff.person_id for staff in eligible(case, about=about, at=at)}
    staff = set(StaffMember.objects.values_list("person_id", flat=True))
    holders = files.readers(case.file) | files.dormant_readers(case.file)
    for person in sorted((holders & staff) - able):
        take_out(case, who=person, by=None, at=at, keyring=keyring)
