"""A small event for the tests of this room, planned by its own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.models import Convening, Session
from concord.convenings.note_channel_test import note_channel_test
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.people.models import StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.people.plan_shift import plan_shift
from concord.people.tests.team import PASSPHRASE, Team, standing_key
from concord.policy.first import CREDIT, first_text
from concord.policy.publish_version import publish_version
from concord.vault import keys

HOUR = timedelta(hours=1)


@dataclass
class Planned:
    """An event that starts now, with two sessions, and everything it needs unless it was left out."""

    at: datetime
    convening: Convening
    hall: Session
    studio: Session


def plan(team: Team, *, without: str = "") -> Planned:
    """Plan it whole, but for one thing."""
    at = timezone.now()
    convening = plan_convening(
        "Open Ballot Forum", slug="forum", starts_at=at, ends_at=at + 8 * HOUR, by=team.olu, at=at
    )
    hall, studio = (
        plan_session(convening, name=name, starts_at=at, ends_at=at + HOUR, by=team.olu, at=at)
        for name in ("Hall 1", "Studio")
    )
    if without != "policy":
        publish(at=at)
    if without != "second":
        on_call(team.noor, convening, team, at)
    if without != "receiver":
        on_call(team.luis, convening, team, at)
    if without != "channel test":
        note_channel_test(by=team.luis, at=at)
    if without != "outside":
        name_outside(team, at)
    for session in (hall, studio):
        if session.name != without:
            confirm_guidelines(session, text="Listen.\nTake no pictures.", by=team.olu, at=at)
    return Planned(at, convening, hall, studio)


def publish(*, at: datetime) -> int:
    """Publish the next version, in force at once."""
    return publish_version(
        texts={"en": first_text()}, effective_from=at, credit=CREDIT, by=None, at=at
    ).number


def on_call(staff: StaffMember, convening: Convening, team: Team, at: datetime) -> None:
    plan_shift(
        staff,
        convening=convening.id,
        starts_at=at - HOUR,
        ends_at=at + 3.5 * HOUR,
        by=team.olu,
        at=at,
    )


def name_outside(team: Team, at: datetime) -> None:
    holder = standing_key()
    keys.countersign(holder, by=keys.unlock(team.amara.person_id, PASSPHRASE), at=at)
    name_outside_contact(
        "Odile", address="odile@outside.example", holder=holder, by=team.olu, at=at
    )
