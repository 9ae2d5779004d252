"""What the tests of flags and of reports share: a team that can be made, an outside contact, a running room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from concord.access.models import EVERYWHERE, Shut
from concord.access.shut import shut
from concord.convenings.models import Convening, Registration, Session, State
from concord.letterbox.issue import issue
from concord.people.models import Login, OutsideContact, Person, Role, StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.people.tests.team import PASSPHRASE
from concord.spaces.models import Post, Room
from concord.vault import keys, recovery
from concord.vault.keyring import Keyring, RecoverySecret


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

    def made(name: str, role: str = Role.RECEIVER, languages: tuple[str, ...] = ("en",)) -> Member:
        staff = StaffMember.objects.create(
            person=Person.objects.create(),
            working_name=name,
            role=role,
            languages=list(languages),
            acknowledged_version=1,
            pledged_at=at - timedelta(days=9),
            designated_at=at - timedelta(days=9),
        )
        Login.objects.create(person=staff.person, handle=name.casefold(), verified=True)
        by = known[0] if len(known) > 1 else recovery_secret
        keys.enrol(staff.person_id, PASSPHRASE, at=at, countersigner=by)
        known.append(keys.unlock(staff.person_id, PASSPHRASE))
        return Member(staff, known[-1])

    return made


@pytest.fixture
def ines(recovery_secret: RecoverySecret, at: datetime) -> OutsideContact:
    code, box = issue(b"n" * 16, purpose="outside", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=recovery_secret)
    contact = name_outside_contact(
        "Ines Outside", address="ines@elsewhere.example", holder=box.id, by=None, at=at
    )
    contact.code = code  # type: ignore[attr-defined]
    return contact


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
    person = Person.objects.create()
    Login.objects.create(
        person=person, handle=str(uuid4()), mailbox_token=uuid4().bytes, verified=True
    )
    return Registration.objects.create(
        convening=room.convening, person=person, display_name=name, acknowledged_version=1
    )


@pytest.fixture
def shut_out(at: datetime) -> Callable[[Registration], Shut]:
    """Shuts somebody out of everything. Warrants are made above these rooms: their trigger is away."""

    def do(who: Registration) -> Shut:
        place = " ON access_shut" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS concord_shut_has_a_warrant{place}")
        return shut(who.person_id, place=EVERYWHERE, warrant=uuid4(), at=at, until_at=None)

    return do


@pytest.fixture
def take_away() -> Callable[[Post], None]:
    """Takes a post out of view. That is decided above these rooms: the trigger that asks for it is away."""

    def do(post: Post) -> None:
        place = " ON spaces_post" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS concord_post_goes_by_removal{place}")
        post.removed, post.text = True, ""
        post.save()

    return do
