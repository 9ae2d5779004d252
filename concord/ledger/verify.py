"""verify: walk the chain and name the first broken link and the tail that is not chained yet."""

from __future__ import annotations

from dataclasses import dataclass

from concord.ledger.chain import digest_of, start
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
    first, digest = start()
    expected = first
    for link in Link.objects.select_related("entry").order_by("position").iterator():
        expected += 1
        digest = digest_of(link.entry, after=digest)
        if link.position != expected or bytes(link.digest) != digest:
            return Finding(expected - first - 1, expected, _unchained())
    return Finding(expected - first, None, _unchained())


def _unchained() -> int:
    return Entry.objects.filter(link__isnull=True).count()
