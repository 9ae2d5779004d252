"""start_drill: a lead has the team rehearse, with real people, pages and channels, and nobody at stake (P-SAFE-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.concurrence.models import Asked, Proposal
from concord.convenings.models import Convening, State
from concord.improvement import apart
from concord.improvement.models import Drill
from concord.improvement.play_a_part import play_a_part
from concord.ledger.record import record
from concord.monitoring.ring import ring_for_a_drill
from concord.people.models import Shift, StaffMember
from concord.policy.models import Version
from concord.refusals import Refused
from concord.vault.keyholders import keyholders

LENGTH = timedelta(hours=1)
"""As long as a live proposal can wait for a second yes."""
NEEDED = 2


class OnlyALeadStarts(Refused):
    """People are woken by it."""

    words = _("Only a lead of the team can start a drill.")


class EventIsOver(Refused):
    """A drill is held for an event that lies ahead, or is on."""

    words = _("This event is over. Start a drill for one that is planned or open.")
    status = 409


class ADrillIsOn(Refused):
    """One after the other: two at once would be rehearsed by nobody."""

    words = _("A drill is going on already. End that one first.")
    status = 409


class SomethingRealWaits(Refused):
    """What is real comes first, always."""

    words = _("Something real waits for a second yes now. Hold the drill afterwards.")
    status = 409


class TooFewToRehearse(Refused):
    """Somebody proposes, somebody else agrees."""

    words = _(
        "A drill needs two people who can agree to a proposal, with their keys set up, one of whom "
        "receives reports; and a policy in force."
    )
    status = 409


class CannotBeSetApart(Refused):
    """The database refused to make room for it. Nothing was started."""

    words = _(
        "The database lets us set nothing apart, so no drill was started. Whoever keeps the machines "
        "finds the reason in the guide to running."
    )
    status = 409


@transaction.atomic
def start_drill(convening: Convening, *, by: StaffMember, at: datetime) -> Drill:
    """Set a database apart, play a raid in it, and ask those on call to come, in words that say that it is a drill.

    What is real comes first, and only to whoever may know of it is that said: a lead who is kept out of a case, or is
    in it, would hear of it by being refused. For them it begins, and those who are asked in earnest are left alone.
    Raises OnlyALeadStarts, EventIsOver, ADrillIsOn, SomethingRealWaits, TooFewToRehearse, CannotBeSetApart.
    """
    if not (by.is_lead and by.is_current(at)):
        raise OnlyALeadStarts(subject=by.person_id)
    convening = Convening.objects.select_for_update().get(id=convening.id)
    if convening.state == State.ENDED:
        raise EventIsOver(subject=convening.id)
    if Drill.objects.exists():
        raise ADrillIsOn(subject=convening.id)
    waiting = Proposal.objects.awaiting_concurrence()
    if waiting.visible_to(by).exists():
        raise SomethingRealWaits(subject=convening.id)
    people = _who_can_come(at)
    if Version.objects.in_force(at) is None or not _enough(people):
        raise TooFewToRehearse(subject=convening.id)
    first = _first_to_come(convening, people, at=at)
    drill = Drill.objects.create(convening=convening, began_at=at, ends_at=at + LENGTH)
    _set_apart(drill, by=by, at=at)
    record("improvement.start_drill", actor=by.person_id, subject=drill.id, at=at)
    busy = asked_in_earnest()
    ring_for_a_drill([one for one in first if one not in busy], at=at)
    return drill


def _set_apart(drill: Drill, *, by: StaffMember, at: datetime) -> None:
    """What fails leaves nothing behind, whatever it was."""
    try:
        apart.make(drill.id)
        play_a_part(drill, by=by, at=at)
    except apart.NoRoomForIt as error:
        raise CannotBeSetApart(subject=drill.convening_id) from error
    except BaseException:
        apart.remove(drill.id)
        raise


def asked_in_earnest() -> set[UUID]:
    """Who is asked for a real second yes at this moment: no notice of a drill may be read as that one."""
    waiting = Proposal.objects.awaiting_concurrence().values("id")
    asked = Asked.objects.filter(version__proposal__in=waiting)
    return set(asked.values_list("person", flat=True))


def _who_can_come(at: datetime) -> list[StaffMember]:
    may = StaffMember.objects.who_may_concur(at)
    able = keyholders(may.values_list("person_id", flat=True))
    return list(may.filter(person__in=able))


def _enough(people: list[StaffMember]) -> bool:
    return len(people) >= NEEDED and any(staff.receives_reports for staff in people)


def _first_to_come(convening: Convening, people: list[StaffMember], *, at: datetime) -> list[UUID]:
    """Those on call for it now, as for a flag; all of them while nobody is."""
    now = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at, staff__in=people)
    on_call = now.filter(Q(convening=convening.id) | Q(convening__isnull=True))
    found = set(on_call.values_list("staff__person", flat=True))
    return sorted(found or {staff.person_id for staff in people})
