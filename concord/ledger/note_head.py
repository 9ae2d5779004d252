"""note_head: keep the newest link once a day, so that nobody can rewrite what was before without its showing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from concord.ledger.chain import chain, head
from concord.ledger.models import Entry, Head
from concord.ledger.record import record

SHOWN = 60
"""Days on the public page."""


def day_to_note(at: datetime) -> date | None:
    """The last day that is over, when its head is still to be noted; None before the ledger began."""
    day = at.astimezone(UTC).date() - timedelta(days=1)
    began = Entry.objects.filter(at__lt=midnight_after(day)).exists()
    return day if began and not Head.objects.filter(day=day).exists() else None


@transaction.atomic
def note_head(day: date, *, at: datetime) -> Head:
    """Note the head of a day that is over. Noted twice is noted once: the first one stands.

    It leaves an entry of its own, so that the digest moves every day, whether or not anything happened.
    """
    noted = Head.objects.filter(day=day).first()
    if noted is not None:
        return noted
    record("ledger.note_head", actor=None, subject=None, at=at, day=day.isoformat())
    while chain():
        pass
    position, digest = head()
    return Head.objects.create(
        day=day, position=position, digest=bytes.fromhex(digest), noted_at=at
    )


def midnight_after(day: date) -> datetime:
    """When a day is over."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)


def heads_by_day(at: datetime) -> Iterator[tuple[date, str]]:
    """The last days that are over, newest first, each with its digest; "" for a day on which none was noted.

    Without numbers: how much the team did on a day is nobody's business who happens to read the page.
    """
    noted = {each.day: bytes(each.digest).hex() for each in Head.objects.all()[: SHOWN + 1]}
    if not noted:
        return
    newest = at.astimezone(UTC).date() - timedelta(days=1)
    for back in range(SHOWN):
        day = newest - timedelta(days=back)
        if day < min(noted):
            return
        yield day, noted.get(day, "")
