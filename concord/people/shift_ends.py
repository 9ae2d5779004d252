"""shift_ends: until when a desk that is unlocked now stays so, whatever happens (I-STAFF-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from concord.people.models import Shift


def shift_ends(person: UUID, *, at: datetime) -> datetime:
    """The end of the shift this person is on, or begins while the one before hands over; and the time to hand over.

    Nobody's desk stays open for longer than a shift may last, whatever the roster says; whoever is on none, such as
    somebody who answers a report on a quiet day, gets the length of one.
    """
    overlap = timedelta(minutes=settings.CONCORD_SHIFT_OVERLAP_MINUTES)
    longest = timedelta(hours=settings.CONCORD_SHIFT_HOURS)
    shifts = Shift.objects.filter(staff__person=person, ends_at__gt=at, starts_at__lte=at + overlap)
    ends = [min(one.ends_at, max(at, one.starts_at) + longest) for one in shifts]
    return max(ends, default=at + longest) + overlap
