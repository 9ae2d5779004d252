"""link_cases: a person says that a case follows from an older one (LINKED_TO)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, LinkedCase, State
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant


class ItselfOnly(Refused):
    """A case does not follow from itself."""

    words = _("This is one and the same case.")
    status = 409


@transaction.atomic
def link_cases(case: Case, *, older: Case, by: UUID, at: datetime) -> LinkedCase:
    """Link them. Twice is once. It gives nobody a key, and each side shows it only to readers of both.

    Raises `ItselfOnly`.
    """
    if case.id == older.id:
        raise ItselfOnly(subject=case.id)
    pair = Case.objects.select_for_update().filter(id__in=[case.id, older.id]).order_by("id")
    list(pair.values_list("id"))  # whoever proposes in either at this moment comes before or after
    link, fresh = LinkedCase.objects.get_or_create(
        case=case, older=older, defaults={"linked_by": by, "linked_at": at}
    )
    if fresh:
        record("cases.link", actor=link.linked_by, subject=case.id, at=at, older=older.id)
    return link


class NotThereAnyMore(Refused):
    """One that was put into another, or erased, is linked to nothing."""

    words = _("One of these cases is gone: it was put into another, or erased.")
    status = 409


@transaction.atomic
def say_they_belong(case: Case, *, other: Case, by: StaffMember, at: datetime) -> LinkedCase:
    """Somebody who can open both says that they belong together and stay two: the younger follows from the older.

    Twice is once, from whichever side. Raises `ItselfOnly`, `NotThereAnyMore`, NoGrant.
    """
    for one in (case, other):
        if not (by.is_current(at) and files.may_open(one.file, by.person_id)):
            raise NoGrant(subject=one.id)
        if one.state in (State.MERGED, State.PURGED):
            raise NotThereAnyMore(subject=one.id)
    older, younger = sorted((case, other), key=lambda one: (one.opened_at, one.code))
    there = LinkedCase.objects.filter(case=older, older=younger).first()
    link = there or link_cases(younger, older=older, by=by.person_id, at=at)
    for one in (older, younger):
        tell_desks(files.readers(one.file), "case", one.id)
    return link
