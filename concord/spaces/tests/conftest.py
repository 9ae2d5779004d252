"""A small event with one open session, and the people in it. No fixture goes round a rule that holds here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from concord.access.models import Place, Shut
from concord.access.shut import shut
from concord.convenings.guidelines_read import COOKIE, mark_read
from concord.convenings.models import Convening, Guidelines, Registration, Session, State
from concord.people.models import Login, Person, Role, StaffMember
from concord.policy.models import Version
from concord.spaces.models import Post, Room
from concord.spaces.open_room import open_room
from concord.spaces.post_message import post_message
from concord.vault import files, recovery
from concord.vault.keyring import Keyring
from concord.vault.keys import enrol, unlock
from concord.vault.models import VaultFile

PASSPHRASE = "gravity salon mustang voter anatomy deploy timber"


@dataclass
class Event:
    """Where the stories happen, and who is there."""

    at: datetime
    convening: Convening
    session: Session
    room: Room
    lobby: Room
    karim: Registration
    sara: Registration
    amara: StaffMember
    luis: StaffMember

    def say(self, who: Registration, text: str, *, after: timedelta = timedelta(0)) -> Post:
        return post_message(self.room, registration=who, text=text, at=self.at + after)


def set_up() -> Event:
    at = timezone.now()
    convening = Convening.objects.create(
        slug="votes", name="Votes", starts_at=at, ends_at=at + timedelta(days=1), state=State.OPEN
    )
    session = Session.objects.create(
        convening=convening,
        name="Hall 1",
        starts_at=at,
        ends_at=at + timedelta(hours=2),
        state=State.OPEN,
    )
    Guidelines.objects.create(
        session=session, number=1, text="Listen.", confirmed_by=uuid4(), confirmed_at=at
    )
    Version.objects.create(
        number=1,
        published_at=at,
        effective_from=datetime(2020, 1, 1, tzinfo=UTC),
        credit="with thanks",
    )
    return Event(
        at=at,
        convening=convening,
        session=session,
        room=open_room(session),
        lobby=open_room(convening),
        karim=register(convening, "Karim"),
        sara=register(convening, "Sara"),
        amara=staff("Amara"),
        luis=staff("Luis"),
    )


def register(convening: Convening, name: str) -> Registration:
    person = Person.objects.create()
    Login.objects.create(
        person=person, handle=str(uuid4()), mailbox_token=uuid4().bytes, verified=True
    )
    return Registration.objects.create(
        convening=convening, person=person, display_name=name, acknowledged_version=1
    )


def staff(name: str, role: Role = Role.STAFF) -> StaffMember:
    return StaffMember.objects.create(
        person=Person.objects.create(),
        working_name=name,
        role=role,
        pledged_at=datetime(2020, 1, 1, tzinfo=UTC),
        designated_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def event(db: None) -> Event:
    return set_up()


@pytest.fixture
def inside() -> Callable[[Registration], Client]:
    """A browser of somebody who has passed every step up to the room."""

    def enter(who: Registration) -> Client:
        login = Login.objects.get(person=who.person)
        client = Client()
        client.force_login(login, backend="concord.people.passphrase.PassphraseBackend")
        request = RequestFactory().get("/")
        request.user, request.is_desk, response = login, False, HttpResponse()
        for guidelines in Guidelines.objects.filter(session__convening=who.convening):
            mark_read(request, response, guidelines)
            client.cookies[COOKIE] = response.cookies[COOKIE].value
            request.COOKIES[COOKIE] = response.cookies[COOKIE].value
        return client

    return enter


@pytest.fixture
def warrant_for(db: None) -> Callable[[object], UUID]:
    """Warrants are made above this room, and triggers ask for them there; here the triggers are away."""
    tables = {"shut": "access_shut", "limit": "access_limit", "removal": "spaces_removal"}
    with connection.cursor() as cursor:
        for name, table in tables.items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS concord_{name}_has_a_warrant{place}")
    return lambda _effect: uuid4()


@pytest.fixture
def shut_out(warrant_for: Callable[[object], UUID]) -> Callable[..., Shut]:
    def do(
        who: Registration, place: Place, *, at: datetime, until_at: datetime | None = None
    ) -> Shut:
        return shut(who.person_id, place=place, warrant=warrant_for(who), at=at, until_at=until_at)

    return do


@pytest.fixture
def vault_file(event: Event) -> VaultFile:
    """A file that Amara can read."""
    shares = recovery.make(at=event.at)
    enrol(
        event.amara.person_id, PASSPHRASE, at=event.at, countersigner=recovery.combine(shares[:2])
    )
    return files.open_file(readers=[event.amara.person_id], at=event.at)


@pytest.fixture
def keyring(event: Event, vault_file: VaultFile) -> Keyring:
    return unlock(event.amara.person_id, PASSPHRASE)
