"""Another outside contact is named: what too few on the team may read is sealed to that one too (R-COORD-1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.cases.models import Case, State
from concord.cases.seal_outside import owe_outside
from concord.people.signals import outside_named
from concord.vault import files


@receiver(outside_named, dispatch_uid="cases.hear_outside")
def owe_them_what_lacks_people(former: Collection[UUID], at: datetime, **kwargs: Any) -> None:
    """The one before reads what they could, hands it to nobody, and gets nothing more that was owed to them.

    Recovery makes the grants, which vouches for the new one; failing it, whoever can open the case.
    """
    lacking = Case.objects.filter(deputy__isnull=True).exclude(
        state__in=[State.MERGED, State.PURGED]
    )
    for case in lacking.order_by("id"):
        for one in former:
            if not files.may_open(case.file, one):
                files.withdraw(case.file, one, at=at)
        owe_outside(case, at=at)
