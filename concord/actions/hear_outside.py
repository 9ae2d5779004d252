"""Another outside contact is named: what the one before was to look at again is theirs (workflow.md 4.8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.actions.assign_review import assign
from concord.actions.looked_at import files_of
from concord.actions.models import UNDECIDED, ReviewRequest
from concord.people.models import OutsideContact
from concord.people.signals import outside_named
from concord.vault import files


@receiver(outside_named, dispatch_uid="actions.hear_outside")
def pass_on(contact: OutsideContact, former: Collection[UUID], at: datetime, **kwargs: Any) -> None:
    """Whoever is not the outside contact any more decides nothing; what they read stays readable to them.

    What was lent for looking alone is taken back. The grants are made where recovery vouches for the new one, or at
    the next visit of the one before.
    """
    theirs = ReviewRequest.objects.select_for_update().filter(
        state__in=UNDECIDED, reviewer__in=former
    )
    for request in theirs.order_by("id"):
        if request.lends_case and request.reviewer is not None:
            for file in files.still_there(files_of(request)):
                files.withdraw(file, request.reviewer, at=at)
            request.lends_case = False
        files.owe(request.file, to=contact.holder, at=at)
        assign(request, decision=request.decision, to=contact.holder, at=at)
