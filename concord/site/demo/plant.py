"""plant: set up a host, a team and a live event, through the product's own verbs and nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from concord.convenings.arrive import arrive
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.models import Convening, Registration
from concord.convenings.note_channel_test import note_channel_test
from concord.convenings.open_convening import open_convening
from concord.convenings.open_session import open_session
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.letterbox.issue import NONCE_BYTES, issue
from concord.letterbox.read import keyring_of
from concord.outbox.worker import run_due
from concord.people.ask_sign_in import ask_sign_in
from concord.people.declare_tie import declare_tie
from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Login, Person, Role, StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.people.plan_shift import plan_shift
from concord.people.pledge import pledge
from concord.people.sign_in import sign_in
from concord.policy import first
from concord.policy.acknowledge import acknowledge
from concord.policy.publish_version import publish_version
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.receive_report import receive_report
from concord.reports.set_aside import set_aside
from concord.reports.told import Told
from concord.site.demo import script
from concord.site.demo.post_box import PostBox
from concord.spaces.models import Recording, Room
from concord.spaces.post_message import post_message
from concord.spaces.show_video import say_recording
from concord.vault import keys, recovery
from concord.vault.keyring import Keyring, RecoverySecret

TEAM = {
    "amara": ("Amara", Role.RECEIVER, ["en", "fr", "ar"]),
    "luis": ("Luis", Role.RECEIVER, ["en", "es"]),
    "noor": ("Noor", Role.STAFF, ["en", "ar"]),
    "ravi": ("Ravi", Role.RECEIVER, ["en"]),
    "ines": ("Ines", Role.IT, ["en", "es"]),
}
"""Handle: working name, role, languages. The first one leads; Ravi is close to Karim and has said so."""


@dataclass(frozen=True)
class Member:
    """Somebody of the team, with what they would type and the key that it opens."""

    staff: StaffMember
    login: Login
    passphrase: str
    keyring: Keyring


@dataclass
class Planted:
    """Everything that was set up: who is here, and where."""

    shares: list[str]
    outside: Keyring
    team: dict[str, Member]
    convening: Convening
    rooms: dict[str, Room] = field(default_factory=dict)
    people: dict[str, Registration] = field(default_factory=dict)

    @property
    def hall(self) -> Room:
        return self.rooms[script.HALL]

    def name_of(self, person: UUID | None) -> str:
        """The name of somebody who was planted, for the demo's own pages; "" for anybody else."""
        names = {member.staff.person_id: member.staff.working_name for member in self.team.values()}
        names |= {who.person_id: who.display_name for who in self.people.values()}
        return names.get(person, "") if person else ""


def plant(post_box: PostBox, *, at: datetime) -> Planted:
    """Set the event up as it would have been in the hours before `at`, and let people arrive and talk.

    Participants come in by mail: their codes are read from `post_box`. Two seconds on two cores.
    """
    began = at - timedelta(hours=2)
    shares = recovery.make(at=began)
    team = _team(recovery.combine(shares[:2]), at=began)
    lead = team["amara"]
    outside = _outside_contact(lead, at=began)
    _policy(team, at=began)
    planted = Planted(shares, outside, team, _event(lead, at=began))
    planted.rooms = {room.name: room for room in planted.convening.rooms.all()}
    _arrive(planted, post_box)
    karim = planted.people["Karim"].person
    declare_tie(team["ravi"].staff, person=karim, called="Karim", at=began)
    _report(team["luis"], at=at - timedelta(minutes=50))
    _talk(planted, until=at)
    post_box.clear()
    return planted


def walk_in(
    address: str, *, convening: Convening, name: str, post_box: PostBox, at: datetime
) -> Registration:
    """Somebody asks for a way in, reads their mail, registers and acknowledges the policy in force."""
    browser = secrets.token_bytes(32)
    carries = {"convening": str(convening.id), "display_name": name, "pronouns": ""}
    ask_sign_in(address, browser=browser, carries=carries, language="en", at=at)
    run_due(at=timezone.now())
    login = sign_in(post_box.code_for(address), browser=browser, at=at)
    arrive(login, at)
    registration = convening.registrations.get(person=login.person)
    return acknowledge(registration, version=1, at=at)


def _team(secret: RecoverySecret, *, at: datetime) -> dict[str, Member]:
    team: dict[str, Member] = {}
    for handle, (name, role, languages) in TEAM.items():
        lead = team.get("amara")
        staff = designate(
            Person.objects.create(),
            working_name=name,
            role=role,
            languages=languages,
            by=lead.staff if lead else None,
            at=at,
            is_lead=lead is None,
        )
        passphrase = keys.generate_passphrase()
        # The recovery key vouches for the first two; from then on somebody other than who brought them in.
        voucher = secret if len(team) < keys.FIRST_TWO else list(team.values())[1].keyring
        login = enrol(staff, handle=handle, passphrase=passphrase, countersigner=voucher, at=at)
        pledge(staff, at=at)
        team[handle] = Member(staff, login, passphrase, keys.unlock(staff.person_id, passphrase))
    return team


def _outside_contact(lead: Member, *, at: datetime) -> Keyring:
    code, box = issue(secrets.token_bytes(NONCE_BYTES), purpose="outside contact", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=lead.keyring)
    name_outside_contact(
        "Elena Ruiz", address="elena@outside.example", holder=box.id, by=lead.staff, at=at
    )
    return keyring_of(box, code)


def _policy(team: dict[str, Member], *, at: datetime) -> None:
    lead = team["amara"].staff
    publish_version(
        texts={first.LANGUAGE: first.first_text()},
        effective_from=at,
        credit=first.CREDIT,
        by=lead,
        at=at,
    )
    for member in team.values():
        acknowledge(member.staff, version=1, at=at)
        if member.staff.role != Role.IT:
            plan_shift(
                member.staff,
                convening=None,
                starts_at=at,
                ends_at=at + timedelta(hours=12),
                by=lead,
                at=at,
            )


def _event(lead: Member, *, at: datetime) -> Convening:
    convening = plan_convening(
        script.EVENT,
        slug=script.SLUG,
        starts_at=at + timedelta(hours=1),
        ends_at=at + timedelta(days=3),
        by=lead.staff,
        at=at,
    )
    sessions = [
        plan_session(
            convening,
            name=name,
            starts_at=at + timedelta(hours=1),
            ends_at=at + timedelta(hours=10),
            by=lead.staff,
            at=at,
        )
        for name in script.SESSIONS
    ]
    for session in sessions:
        confirm_guidelines(session, text=script.GUIDELINES, by=lead.staff, at=at)
    note_channel_test(by=lead.staff, at=at + timedelta(minutes=50))
    opened = open_convening(convening, by=lead.staff, at=at + timedelta(minutes=55))
    for session in sessions:
        open_session(session, by=lead.staff, at=at + timedelta(hours=1))
    for room in Room.objects.filter(convening=opened):
        said = Recording.NOT_RECORDED
        say_recording(room, recording=said, by=lead.staff, at=at + timedelta(hours=1))
    return opened


def _arrive(planted: Planted, post_box: PostBox) -> None:
    people = {"Ana": script.ANA, "Karim": script.KARIM} | {
        key: (name, f"{key.lower()}@participant.example") for key, name in script.BYSTANDERS.items()
    }
    for key, (name, address) in people.items():
        planted.people[key] = walk_in(
            address,
            convening=planted.convening,
            name=name,
            post_box=post_box,
            at=timezone.now(),
        )


def _report(receiver: Member, *, at: datetime) -> None:
    """Somebody wrote to the team this morning, and was answered: a report to find in the database."""
    report, _code = receive_report(Told(script.REPORT), nonce=secrets.token_bytes(16), at=at)
    who: dict[str, Any] = {"by": receiver.staff, "keyring": receiver.keyring}
    acknowledge_report(report, answer=script.ANSWER, at=at + timedelta(minutes=3), **who)
    set_aside(
        report,
        reason="A question, and answered.",
        alleges=False,
        at=at + timedelta(minutes=4),
        **who,
    )


def _talk(planted: Planted, *, until: datetime) -> None:
    said = script.lines()[: script.SAID_BEFORE]
    with transaction.atomic():  # one for all: nobody listens yet
        for place, line in enumerate(said):
            post_message(
                planted.rooms[line.session],
                registration=planted.people[line.who],
                text=line.text,
                at=until - timedelta(seconds=23 * (len(said) - place)),
            )
