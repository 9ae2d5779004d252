"""planting: an event file becomes an event that is planned, through the product's own verbs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.models import Convening
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.site.event_file import PlannedEvent


@transaction.atomic
def plant(event: PlannedEvent, *, on: date | None, at: datetime) -> Convening:
    """Plan the event with its first day on a date, or tomorrow, and confirm what its sessions say.

    Raises AddressTaken, TooFarAway, EndsBeforeItStarts; ValueError for a name, an address, a zone or guidelines that
    cannot be.
    """
    zone = _zone(event.zone)
    first = on or at.astimezone(zone).date() + timedelta(days=1)

    def moment(day: int, clock: time) -> datetime:
        return datetime.combine(first + timedelta(days=day - 1), clock, tzinfo=zone)

    spans = [
        (moment(each.day, each.starts), moment(each.day, each.ends)) for each in event.sessions
    ]
    convening = plan_convening(
        event.name,
        slug=event.address,
        starts_at=min(starts for starts, _ in spans),
        ends_at=max(ends for _, ends in spans),
        zone=event.zone,
        by=None,
        at=at,
    )
    for each, (starts_at, ends_at) in zip(event.sessions, spans, strict=True):
        session = plan_session(
            convening, name=each.name, starts_at=starts_at, ends_at=ends_at, by=None, at=at
        )
        confirm_guidelines(session, text=each.guidelines, by=None, at=at)
    return convening


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name} is no time zone; write it like Africa/Nairobi") from error
