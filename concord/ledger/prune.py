"""prune: entries older than five years go; the chain that is left begins where they ended (4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from concord.ledger.models import Anchor, Entry, Link

KEPT = timedelta(days=5 * 365 + 1)
BATCH = 500


def due(at: datetime) -> Iterator[date]:
    """The day of each chained entry that would go."""
    last = _last_to_go(at)
    if last is not None:
        gone = Link.objects.filter(position__lte=last.position)
        for moment in gone.values_list("entry__at", flat=True):
            yield (moment + KEPT).date()


def prune(*, at: datetime) -> int:
    """Delete the oldest links and entries, in one piece from the beginning. Returns how many went. Twice is once."""
    gone = 0
    while (batch := _prune_some(at=at)) > 0:
        gone += batch
    return gone


@transaction.atomic
def _prune_some(*, at: datetime) -> int:
    Link.objects.select_for_update().order_by("-position").first()
    last = _last_to_go(at)
    if last is None:
        return 0
    links = list(Link.objects.filter(position__lte=last.position).order_by("position")[:BATCH])
    Anchor.objects.update_or_create(
        id=1, defaults={"position": links[-1].position, "digest": bytes(links[-1].digest)}
    )
    Link.objects.filter(position__lte=links[-1].position).delete()
    Entry.objects.filter(id__in=[link.entry_id for link in links]).delete()
    return len(links)


def _last_to_go(at: datetime) -> Link | None:
    """The link before the first one that is kept: entries written out of order wait for their neighbours."""
    kept = Link.objects.filter(entry__at__gt=at - KEPT).order_by("position").first()
    before = Link.objects.filter(position__lt=kept.position) if kept else Link.objects.all()
    return before.order_by("-position").first()
