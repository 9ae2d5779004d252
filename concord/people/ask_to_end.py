"""ask_to_end: that somebody who reads reports, agrees or leads leaves the team takes two people (I-STAFF-1).

With their keys go the cases that they alone could read, and nobody brings them back. One person could leave the case
about themself with nobody who may look at it, by ending one colleague after the other.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import Leaving, StaffMember
from concord.people.signals import departure_asked
from concord.refusals import Refused
from concord.vault.keyholders import keyholders

ENOUGH = 2
"""Whoever proposes, and whoever agrees."""


class TakesTwo(Refused):
    """Nobody alone ends the place of somebody who reads reports, agrees or leads."""

    words = _(
        "This takes two people: whoever asks for it, and another who reads reports or agrees to proposals, "
        "or the person themself. Nothing has changed yet."
    )


class TooFewWouldBeLeft(Refused):
    """With fewer than two who hold keys and may agree, nothing could be decided here any more."""

    words = _(
        "Fewer than two people who may decide would be left. Bring somebody in first, and have their keys "
        "confirmed. If it has to be now, whoever keeps the machines can do it at the server."
    )
    status = 409


@transaction.atomic
def ask_to_end(staff: StaffMember, *, by: StaffMember, at: datetime) -> Leaving:
    """Ask for a second person's yes; until then nothing changes. Asked twice is once, and the first who asked stands.

    Announces `departure_asked`. Raises NotYoursToDesignate, TooFewWouldBeLeft.
    """
    must_plan(by, at=at)
    check_enough_are_left(staff, at=at)
    asked, is_new = Leaving.objects.get_or_create(
        staff=staff, defaults={"asked_by": by.person_id, "asked_at": at}
    )
    if is_new:
        record("people.ask_to_end", actor=by.person_id, subject=staff.person_id, at=at)
        departure_asked.send(sender=Leaving, staff=staff, by=by, at=at)
    return asked


@transaction.atomic
def take_back_leaving(asked: Leaving, *, by: StaffMember, at: datetime) -> None:
    """They stay. Twice is once. Raises NotYoursToDesignate."""
    must_plan(by, at=at)
    if Leaving.objects.filter(staff=asked.staff).delete()[0]:
        record("people.take_back_leaving", actor=by.person_id, subject=asked.staff.person_id, at=at)


def takes_two(staff: StaffMember) -> bool:
    """Whether somebody's leaving takes a second person's yes."""
    return staff.receives_reports or staff.may_concur or staff.is_lead


def may_agree_to_end(asked: Leaving, member: StaffMember, *, at: datetime) -> bool:
    """Themself; else another than whoever asked, who reads or agrees and whose keys count."""
    if not member.is_current(at) or member.person_id == asked.asked_by:
        return False
    if member.person_id == asked.staff.person_id:
        return True
    able = member.receives_reports or member.may_concur
    return able and bool(keyholders([member.person_id]))


def check_agreed_by_two(staff: StaffMember, *, by: StaffMember, at: datetime) -> None:
    """Raise unless somebody asked for it and `by` may agree: NotYoursToDesignate, TakesTwo, TooFewWouldBeLeft."""
    asked = Leaving.objects.filter(staff=staff).first()
    if asked is None:
        must_plan(by, at=at)
    if asked is None or not may_agree_to_end(asked, by, at=at):
        raise TakesTwo(subject=staff.person_id)
    check_enough_are_left(staff, at=at)


def check_enough_are_left(staff: StaffMember, *, at: datetime) -> None:
    """Raise TooFewWouldBeLeft where a yes of theirs could be missing: their own keys count, and too few others' do."""
    able = StaffMember.objects.who_may_concur(at).values_list("person_id", flat=True)
    holders = keyholders(able)
    if staff.person_id in holders and len(holders) <= ENOUGH:
        raise TooFewWouldBeLeft(subject=staff.person_id)
