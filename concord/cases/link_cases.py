"""link_cases: a person says that a case follows from an older one (LINKED_TO)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case, LinkedCase
from concord.ledger.record import record
from concord.refusals import Refused


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
