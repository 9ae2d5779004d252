"""Guidelines ahead, by letter: to everyone registered, once, and to nobody who is shut out (P-GUIDE-1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models
from django.utils import timezone

from concord.access.models import Place
from concord.convenings import send_guidelines as room
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.forget_people import forget_people
from concord.convenings.models import (
    Convening,
    Guidelines,
    GuidelinesLetter,
    Registration,
    Session,
    State,
)
from concord.convenings.register import register
from concord.convenings.send_guidelines import send_guidelines, sendings_of
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.outbox.worker import run_due
from concord.people.addresses import about_address, mailbox_token, seal_address
from concord.people.forget_logins import forget_logins
from concord.people.models import Login, Person
from concord.people.tests.team import Mailbox, Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db

AT = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def forum(db: None) -> Convening:
    """Two sessions that start in twelve hours, one in three days; Wren, Finch and Kite are registered."""
    forum = Convening.objects.create(
        slug="forum", name="Forum", starts_at=AT, ends_at=AT + 9 * DAY, zone="Africa/Nairobi"
    )
    for name, starts_at in (
        ("Hall", AT + 12 * HOUR),
        ("Song", AT + 12 * HOUR),
        ("End", AT + 3 * DAY),
    ):
        session = Session.objects.create(
            convening=forum, name=name, starts_at=starts_at, ends_at=starts_at + HOUR
        )
        confirm_guidelines(session, text=f"In {name} we listen.", by=None, at=AT)
    for name in ("Wren", "Finch", "Kite"):
        come(forum, name)
    return forum


def come(convening: Convening, name: str, *, language: str = "en") -> Registration:
    login = Login(
        person=Person.objects.create(),
        handle=name,
        mailbox_token=mailbox_token(f"{name}@example.org"),
        verified=True,
        language=language,
    )
    login.address_sealed = seal_address(f"{name}@example.org", about=about_address(login.id))
    login.save()
    return register(convening, person=login.person, display_name=name, at=AT)


def who(name: str) -> Registration:
    return Registration.objects.get(display_name=name)


def guidelines_of(name: str) -> Guidelines:
    return Guidelines.objects.filter(session__name=name).latest("number")


def arrived(mailbox: Mailbox) -> dict[str, list[str]]:
    """What came to whom, once the worker has caught up."""
    while run_due(at=AT + 9 * DAY):
        pass
    came: dict[str, list[str]] = {}
    for letter in mailbox:
        came.setdefault(letter["to"].split("@")[0], []).append(letter["body"])
    mailbox.clear()
    return came


def test_everyone_registered_gets_those_that_are_near_in_one_letter(
    forum: Convening, mailbox: Mailbox
):
    again = Session.objects.create(
        convening=forum, name="Hall again", starts_at=AT + 15 * HOUR, ends_at=AT + 16 * HOUR
    )
    confirm_guidelines(again, text="In Hall we listen.", by=None, at=AT)
    assert send_guidelines(forum, at=AT) == 3
    came = arrived(mailbox)
    assert set(came) == {"Wren", "Finch", "Kite"}
    (body,) = came["Wren"]
    assert body.count("- In Hall we listen.") == 1, "the same lines are written once"
    assert body.index("Hall again\n") < body.index("- In Hall") < body.index("- In Song")
    assert "- In Song we listen." in body
    assert "In End" not in body
    assert "(Africa/Nairobi)" in body
    assert "http://localhost:8000/e/forum" in body


def test_nobody_gets_the_same_ones_twice(forum: Convening, mailbox: Mailbox):
    send_guidelines(forum, at=AT)
    assert send_guidelines(forum, at=AT + HOUR) == 0
    assert len(arrived(mailbox)["Wren"]) == 1
    assert send_guidelines(forum, at=AT + 2 * DAY) == 3
    (body,) = arrived(mailbox)["Wren"]
    assert "In End we listen." in body
    assert "In Hall" not in body


def test_the_hours_are_the_hosts(forum: Convening, settings):
    settings.CONCORD_GUIDELINES_HOURS = 11
    assert send_guidelines(forum, at=AT) == 0
    assert send_guidelines(forum, at=AT + HOUR) == 3


def test_confirmed_later_they_go_at_once_and_changed_ones_again(forum: Convening, mailbox: Mailbox):
    late = Session.objects.create(
        convening=forum, name="Late", starts_at=AT + HOUR, ends_at=AT + 2 * HOUR
    )
    send_guidelines(forum, at=AT)
    arrived(mailbox)
    confirm_guidelines(late, text="Late, and quiet.", by=None, at=AT)
    assert send_guidelines(forum, at=AT + 90 * timedelta(minutes=1)) == 3
    assert "- Late, and quiet." in arrived(mailbox)["Kite"][0]
    confirm_guidelines(late, text="Cameras stay off.", by=None, at=AT)
    assert send_guidelines(forum, at=AT + 90 * timedelta(minutes=1)) == 3
    assert "- Cameras stay off." in arrived(mailbox)["Kite"][0]


def test_what_has_begun_or_ended_is_read_at_its_door(forum: Convening):
    Session.objects.filter(name="Hall").update(state=State.OPEN)
    Session.objects.filter(name="Song").update(state=State.ENDED)
    assert send_guidelines(forum, at=AT + 12 * HOUR) == 0
    Session.objects.filter(name="Hall").update(state=State.PLANNED)
    assert send_guidelines(forum, at=AT + 13 * HOUR) == 0


def test_guidelines_nobody_confirmed_are_not_sent(forum: Convening):
    Guidelines.objects.update(confirmed_at=None)
    assert send_guidelines(forum, at=AT) == 0


def test_whoever_registers_late_gets_them_too(forum: Convening, mailbox: Mailbox):
    send_guidelines(forum, at=AT)
    come(forum, "Swift")
    assert send_guidelines(forum, at=AT + HOUR) == 1
    assert len(arrived(mailbox)["Swift"]) == 1


@pytest.mark.parametrize("kind", ["all", "convening", "session"])
def test_nobody_who_is_shut_out_gets_them(forum: Convening, mailbox: Mailbox, shut_out, kind):
    hall = Session.objects.get(name="Hall")
    place = {"all": Place("all"), "convening": Place("convening", forum.id)}
    shut_out(who("Wren").person_id, at=AT, place=place.get(kind, Place("session", hall.id)))
    send_guidelines(forum, at=AT)
    came = arrived(mailbox)
    assert "In Hall" not in str(came.get("Wren"))
    assert ("Wren" in came) == (kind == "session")
    assert "In Hall" in str(came["Kite"])
    assert "In Song" in str(came["Kite"])


def test_whoever_has_no_address_left_gets_none(forum: Convening, mailbox: Mailbox):
    wren = who("Wren").person_id
    forget_logins([wren], known_by_token=[wren], at=AT)
    assert send_guidelines(forum, at=AT) == 2
    assert set(arrived(mailbox)) == {"Finch", "Kite"}
    assert not who("Wren").guidelines_letters.exists()


def test_each_is_written_to_in_their_language(forum: Convening, mailbox: Mailbox):
    come(forum, "Mirlo", language="es")
    come(forum, "Nobody", language="xx")
    send_guidelines(forum, at=AT)
    mailbox.arrive()
    languages = {letter["to"].split("@")[0]: letter["language"] for letter in mailbox}
    assert languages["Mirlo"] == "es"
    assert languages["Nobody"] == "en"


def test_what_stops_half_way_goes_on_and_doubles_nothing(
    forum: Convening, mailbox: Mailbox, monkeypatch
):
    monkeypatch.setattr(room, "BATCH", 1)
    write, written = room._write, []

    def stop(registration, *rest, **more):
        write(registration, *rest, **more)
        written.append(registration)
        if len(written) == 2:
            raise RuntimeError("the machine went away")

    monkeypatch.setattr(room, "_write", stop)
    with pytest.raises(RuntimeError):
        send_guidelines(forum, at=AT)
    assert (Letter.objects.count(), GuidelinesLetter.objects.count()) == (1, 2)
    send_guidelines(forum, at=AT)
    came = arrived(mailbox)
    assert {name: len(bodies) for name, bodies in came.items()} == {
        "Wren": 1,
        "Finch": 1,
        "Kite": 1,
    }


def test_it_runs_by_itself_each_minute(forum: Convening):
    assert periods()["convenings.send_guidelines"] == 60
    handler = handler_of("convenings.send_guidelines")
    assert handler is not None
    job = Job(kind="convenings.send_guidelines", due_at=AT)
    Convening.objects.update(state=State.ENDED)
    handler(job, at=AT)
    assert not Letter.objects.exists()
    Convening.objects.update(state=State.OPEN)
    handler(job, at=AT)
    assert Letter.objects.count() == 3


def test_the_flag_has_no_time_and_no_order_and_goes_with_the_registration(forum: Convening):
    send_guidelines(forum, at=AT)
    for field in GuidelinesLetter._meta.fields:
        assert not isinstance(field, models.DateField | models.AutoField)
    forget_people(at=AT + 50 * DAY)
    assert not GuidelinesLetter.objects.exists()


def test_the_host_sees_numbers_and_never_who_nor_that_somebody_is_shut_out(
    forum: Convening, team: Team, shut_out
):
    hall = Session.objects.get(name="Hall")
    shut_out(who("Wren").person_id, at=AT, place=Place("session", hall.id))
    olu = sign_in_at_the_desk(team.olu)
    page = olu.get("/events/forum").content.decode()
    assert page.count("Letters ahead: 0 of 3 people seen to.") == 2
    assert "They go to everyone registered, by letter:" in page
    send_guidelines(forum, at=AT)
    page = olu.get("/events/forum").content.decode()
    assert page.count("Letters ahead: 3 of 3 people seen to.") == 2
    assert "Wren" not in page


def test_whoever_came_since_is_not_seen_to_yet(forum: Convening):
    send_guidelines(forum, at=AT)
    come(forum, "Swift")
    hall = guidelines_of("Hall")
    sending = sendings_of(forum, {hall.session: hall}, at=AT)[hall.session_id]
    assert (sending.seen_to, sending.of) == (3, 4)
