"""The people of these tests: Amara and Kofi may judge, Vera watches, Tomas wrote the post, Ana saw it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from concord.convenings.models import Convening, Registration, Session, State
from concord.letterbox.issue import issue
from concord.people.models import OutsideContact, Person, Role, StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.spaces.models import Post, Room
from concord.vault import keys, recovery
from concord.vault.keyring import Keyring, RecoverySecret

PASSPHRASE = "walnut lantern gravel ostrich meadow"


@dataclass
class Member:
    """Somebody of the team, with their keys open."""

    staff: StaffMember
    keyring: Keyring

    @property
    def id(self) -> UUID:
        return self.staff.person_id


Make = Callable[..., Member]


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def recovery_secret(db: None, at: datetime) -> RecoverySecret:
    return recovery.combine(recovery.make(at=at)[:2])


@pytest.fixture
def make(recovery_secret: RecoverySecret, at: datetime) -> Make:
    known: list[Keyring] = []

    def made(name: str, role: str) -> Member:
        staff = StaffMember.objects.create(
            person=Person.objects.create(),
            working_name=name,
            role=role,
            languages=["en"],
            designated_at=at - timedelta(days=9),
        )
        by = known[0] if len(known) > 1 else recovery_secret
        keys.enrol(staff.person_id, PASSPHRASE, at=at, countersigner=by)
        known.append(keys.unlock(staff.person_id, PASSPHRASE))
        return Member(staff, known[-1])

    return made


@pytest.fixture
def amara(make: Make) -> Member:
    return make("Amara", Role.RECEIVER)


@pytest.fixture
def kofi(make: Make) -> Member:
    return make("Kofi", Role.STAFF)


@pytest.fixture
def vera(make: Make) -> Member:
    return make("Vera", Role.VOLUNTEER)


@pytest.fixture
def ines(recovery_secret: RecoverySecret, at: datetime) -> OutsideContact:
    _code, box = issue(b"n" * 16, purpose="outside", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=recovery_secret)
    return name_outside_contact(
        "Ines", address="ines@elsewhere.example", holder=box.id, by=None, at=at
    )


@pytest.fixture
def room(db: None, at: datetime) -> Room:
    """The room of a session that is running."""
    hour = timedelta(hours=1)
    span = {"starts_at": at - hour, "ends_at": at + hour, "state": State.OPEN}
    convening = Convening.objects.create(slug="spring", name="Spring", **span)
    session = Session.objects.create(convening=convening, name="Law", **span)
    return Room.objects.create(convening=convening, session=session, name="Hall 1")


@pytest.fixture
def ana(room: Room) -> Registration:
    return _register(room, "Ana")


@pytest.fixture
def tomas(room: Room) -> Registration:
    return _register(room, "Tomas")


@pytest.fixture
def post(room: Room, tomas: Registration, at: datetime) -> Post:
    return Post.objects.create(
        room=room, number=1, registration=tomas, text="what was written", posted_at=at
    )


def _register(room: Room, name: str) -> Registration:
    return Registration.objects.create(
        convening=room.convening, person=Person.objects.create(), display_name=name
    )
