"""keyholders: to whom something can be sealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from concord.vault.models import PersonKey


def keyholders(among: Iterable[UUID]) -> set[UUID]:
    """Those of these holders whose key counts now; whoever has none yet must not stop a report."""
    held = PersonKey.objects.counting().filter(holder__in=list(among))
    return set(held.values_list("holder", flat=True))


def counting_since(among: Iterable[UUID]) -> dict[UUID, datetime]:
    """Those of these holders whose key counts now, each with the moment from which it did."""
    held = PersonKey.objects.counting().filter(holder__in=list(among))
    return {holder: since for holder, since in held.values_list("holder", "enrolled_at") if since}


def holding() -> QuerySet[PersonKey, Any]:
    """The ids of all whose key counts now, to ask for them within another query."""
    return PersonKey.objects.counting().values("holder")
