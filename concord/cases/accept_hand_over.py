"""accept_hand_over: one of those who were asked takes a case; from that moment they coordinate it (R-COORD-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.cases.models import OVER, Case, Handover
from concord.cases.presence import able_to_take, asked_by
from concord.cases.ring_the_seats import seats_changed
from concord.cases.signals import handed_over
from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files

MINUTE = timedelta(minutes=1)


class NotAskedToTakeIt(Refused):
    """Only who is asked now takes a case: somebody else may be sooner, or may know a reason why not."""

    words = _("You are not asked to take this case, or not yet.")


class HandoverIsOver(Refused):
    """Somebody accepted it already, or it was taken back."""

    words = _("This is settled already. The case is in good hands.")
    status = 409


@transaction.atomic
def accept_hand_over(handover: Handover, *, by: StaffMember, at: datetime) -> Handover:
    """Take it: one's key wakes, and whoever coordinated it until now no longer does. Twice is once.

    Where the deputy takes it, or there is none, the seat goes to the former coordinator where that one fell silent
    or nobody else is left, and to the next receiver where they passed it on; else the former's key is laid to rest.
    What is proposed or agreed to stands, where somebody who sits there then can read it. Asked as a deputy, one takes
    that seat, and the coordinator goes on.
    Announces `handed_over`. Raises `NotAskedToTakeIt`, `HandoverIsOver`.
    """
    case = Case.objects.select_for_update().get(id=handover.case_id)
    handover = Handover.objects.select_related("case", "to", "former").get(id=handover.id)
    if handover.accepted_by == by:
        return handover
    if handover.accepted_at or handover.ended_at or case.state in OVER:
        raise HandoverIsOver(subject=case.id)
    if handover.as_deputy and not case.is_unstaffed:
        raise HandoverIsOver(subject=case.id)
    if not by.is_current(at) or by not in asked_by(handover, at=at):
        raise NotAskedToTakeIt(subject=case.id)
    handover.accepted_by, handover.accepted_at = by, at
    handover.save(update_fields=["accepted_by", "accepted_at"])
    if handover.as_deputy:
        _take_the_empty_seat(case, by=by)
    else:
        _change_seats(case, handover, by=by, at=at)
    if handover.silent_since is not None:
        minutes = (at - handover.silent_since) // MINUTE
        record("cases.nobody_answered", actor=None, subject=case.id, at=at, minutes=minutes)
    verb = "cases.accept_deputy" if handover.as_deputy else "cases.accept_hand_over"
    record(verb, actor=by.person_id, subject=case.id, at=at)
    seats_changed(case, at=at)
    handed_over.send(sender=Case, case=case, former=handover.former, by=by, at=at)
    return handover


def _change_seats(case: Case, handover: Handover, *, by: StaffMember, at: datetime) -> None:
    former = case.coordinator
    others = [staff for staff in able_to_take(case, at=at) if staff != by]
    case.coordinator, case.coordinated_since = by, at
    if case.deputy is None or case.deputy == by:
        stays = handover.asked_by is None or not others
        case.deputy = former if stays and former.is_current(at) else next(iter(others), None)
    files.wake(case.file, by.person_id)
    if case.deputy is not None:
        files.wake(case.file, case.deputy.person_id)
    if former != case.deputy:
        _lay_to_rest(case, former)
    case.save(update_fields=["coordinator", "deputy", "coordinated_since"])


def _take_the_empty_seat(case: Case, *, by: StaffMember) -> None:
    case.deputy = by
    files.wake(case.file, by.person_id)
    case.save(update_fields=["deputy"])


def _lay_to_rest(case: Case, former: StaffMember) -> None:
    """Their own keys to what came in as well: the row stays in sight."""
    files.make_dormant(case.file, former.person_id)
    for source in case.sources.select_related("flag", "report"):
        files.make_dormant(source.file, former.person_id)
