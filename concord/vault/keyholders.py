"""keyholders: to whom something can be sealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from concord.vault.models import PersonKey


def keyholders(among: Iterable[UUID], *, since: datetime | None = None) -> set[UUID]:
    """Those of these holders whose key counts now; whoever has none yet must not stop a report.

    `since`: those alone whose key did not count before that moment or at it.
    """
    held = PersonKey.objects.counting().filter(holder__in=list(among))
    if since is not None:
        held = held.filter(enrolled_at__gt=since)
    return set(held.values_list("holder", flat=True))


def holding() -> QuerySet[PersonKey, Any]:
    """The ids of all whose key counts now, to ask for them within another query."""
    return PersonKey.objects.counting().values("holder")
