"""plan_convening, plan_session: an event, and the parts of it, each with a room and guidelines of its own."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.convenings.models import Convening, Session, State
from concord.convenings.signals import convening_planned, session_planned
from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.people.plan_shift import check_times
from concord.refusals import Refused

LONGEST_NAME = 120
"""Of an event."""
LONGEST_TITLE = 200
"""Of a session, as long as programmes have them."""


class AddressTaken(Refused):
    """Two events cannot share one address."""

    words = _("Another event has this address already. Choose another one.")
    status = 409


class HasEnded(Refused):
    """What is over is not planned any further."""

    words = _("This event has ended.")
    status = 409


@transaction.atomic
def plan_convening(
    name: str,
    *,
    slug: str,
    starts_at: datetime,
    ends_at: datetime,
    zone: str = "UTC",
    by: StaffMember | None,
    at: datetime,
) -> Convening:
    """Plan an event.

    Raises NotYoursToDesignate, TooFarAway, EndsBeforeItStarts, AddressTaken; ValueError for a name without letters
    or too long, an address that is none, or an unknown time zone.
    """
    must_plan(by, at=at)
    check_times(starts_at, ends_at)
    if slug != slugify(slug) or not slug:
        raise ValueError(_("An address is made of small letters, digits and dashes."))
    if Convening.objects.filter(slug=slug).exists():
        raise AddressTaken()
    convening = Convening.objects.create(
        name=_name(name, longest=LONGEST_NAME),
        slug=slug,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=_zone(zone),
    )
    actor = by.person_id if by else None
    record("convenings.plan_convening", actor=actor, subject=convening.id, at=at)
    convening_planned.send(sender=Convening, convening=convening, at=at)
    return convening


@transaction.atomic
def plan_session(
    convening: Convening,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    by: StaffMember | None,
    at: datetime,
) -> Session:
    """Plan a part of an event.

    Raises NotYoursToDesignate, TooFarAway, EndsBeforeItStarts, HasEnded; ValueError for a name without letters or too
    long.
    """
    must_plan(by, at=at)
    check_times(starts_at, ends_at)
    if convening.state == State.ENDED:
        raise HasEnded(subject=convening.id)
    session = Session.objects.create(
        convening=convening,
        name=_name(name, longest=LONGEST_TITLE),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    actor = by.person_id if by else None
    record("convenings.plan_session", actor=actor, subject=session.id, at=at)
    session_planned.send(sender=Session, session=session, at=at)
    return session


def _name(typed: str, *, longest: int) -> str:
    name = names.clean_name(typed)
    if len(name) > longest:
        raise ValueError(_("Please enter a name of at most %(n)s characters.") % {"n": longest})
    return name


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(_("This time zone is not known. Write it like Africa/Nairobi.")) from error
