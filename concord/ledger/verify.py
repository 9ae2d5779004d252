"""verify: walk the chain and name the first broken link and the tail that is not chained yet."""

from __future__ import annotations

from dataclasses import dataclass

from concord.ledger.chain import start
from concord.ledger.links import Walk
from concord.ledger.models import Entry, Link


@dataclass(frozen=True)
class Finding:
    """What the walk found: links that hold, the first position that does not (or None), the unchained tail."""

    links: int
    broken_at: int | None
    unchained: int

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def verify() -> Finding:
    """Recompute every digest from the entries. A changed, removed or reordered entry breaks its link."""
    walk = Walk(*start())
    for link in Link.objects.select_related("entry").order_by("position").iterator():
        if not walk.step(link.entry, position=link.position, digest=bytes(link.digest)):
            break
    return Finding(walk.links, walk.broken_at, _unchained())


def _unchained() -> int:
    return Entry.objects.filter(link__isnull=True).count()
