"""keyholders: to whom something can be sealed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from concord.vault.models import PersonKey


def keyholders(among: Iterable[UUID]) -> set[UUID]:
    """Those of these holders whose key counts now; whoever has none yet must not stop a report."""
    held = PersonKey.objects.counting().filter(holder__in=list(among))
    return set(held.values_list("holder", flat=True))
