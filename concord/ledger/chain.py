"""chain: hash the committed entries that are not in the chain yet.

One writer chains each second, after the fact. A chain inside every transaction would make every write wait
for every other.
"""

from __future__ import annotations

from django.db import transaction

from concord.ledger.links import GENESIS, digest_of
from concord.ledger.models import Anchor, Entry, Link


def chain(*, at_most: int = 2_000) -> int:
    """Append committed entries to the chain in the order of their ids; return how many."""
    with transaction.atomic():
        last = Link.objects.select_for_update().order_by("-position").first()
        position, digest = (last.position, bytes(last.digest)) if last else start()
        links = []
        for entry in Entry.objects.filter(link__isnull=True).order_by("id")[:at_most]:
            position += 1
            digest = digest_of(entry, after=digest)
            links.append(Link(position=position, entry=entry, digest=digest))
        Link.objects.bulk_create(links)
    return len(links)


def head() -> tuple[int, str]:
    """The position and digest of the newest link."""
    last = Link.objects.order_by("-position").first()
    position, digest = (last.position, bytes(last.digest)) if last else start()
    return position, digest.hex()


def start() -> tuple[int, bytes]:
    """Where the chain that is kept begins: at the last link that was pruned, or at the very beginning."""
    anchor = Anchor.objects.first()
    return (anchor.position, bytes(anchor.digest)) if anchor else (0, GENESIS)
