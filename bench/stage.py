"""Deeds that several benches share: an event with rooms, and people who have signed in and read everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from bench.crowd import TOKEN

if TYPE_CHECKING:
    from concord.cases.models import Case
    from concord.concurrence.models import Version
    from concord.convenings.models import Registration
    from concord.people.models import Login
    from concord.spaces.models import Room
    from tests.browsing import Browser
    from tests.cast import Cast


class Stage:
    """What a process planted: the team, the rooms, the people."""

    cast: Cast
    rooms: list[Room]
    people: list[Registration]
    version: Version
    """What is decided next, where a bench keeps one."""
    case: Case
    browser: Browser
    """Somebody's at the desk, signed in."""


stage = Stage()


def plant(people: int, rooms: int) -> dict[str, Any]:
    """An event with so many rooms, and so many people in it, in equal parts; their cookies."""
    from tests import cast

    stage.cast = cast.stage()
    told = stage.cast
    stage.rooms = [told.hall, told.annex]
    for number in range(3, rooms + 1):
        stage.rooms.append(cast.session_in(told.convening, f"Hall {number}", told.amara, told.at))
    stage.people, cookies = bring_in(people, stage.rooms)
    return {
        "event": str(told.convening.id),
        "rooms": [str(room.id) for room in stage.rooms],
        "people": cookies,
    }


def warm_up(event: str) -> None:
    """What each process makes once, beside the first posts, and an event that has begun has long made: its screener."""
    from concord.monitoring.screeners import make_screener

    make_screener(UUID(event))


def bring_in(
    many: int, rooms: list[Room], *, in_all: bool = False
) -> tuple[list[Registration], list[str]]:
    """Many at once: what signing in, registering and confirming leave behind, without the letters.

    The first is in the first room, the second in the second, and so on, round and round; or each of them `in_all`.
    """
    from concord.convenings.models import Registration
    from concord.people.models import Login, Person

    persons = Person.objects.bulk_create([Person() for _ in range(many)])
    logins = Login.objects.bulk_create(
        [
            Login(person=one, handle=str(uuid4()), mailbox_token=uuid4().bytes, verified=True)
            for one in persons
        ],
        batch_size=200,
    )
    people = Registration.objects.bulk_create(
        [
            Registration(
                convening=stage.cast.convening,
                person=one,
                display_name=f"Person {number}",
                acknowledged_version=1,
            )
            for number, one in enumerate(persons)
        ],
        batch_size=200,
    )
    sessions = _sessions(logins)
    cookies = [
        cookies_of(login, session, rooms=rooms if in_all else [rooms[number % len(rooms)]])
        for number, (login, session) in enumerate(zip(logins, sessions, strict=True))
    ]
    return people, cookies


def sign_in(login: Login, *, room: Room) -> str:
    """One more browser of somebody: its cookies."""
    return cookies_of(login, _sessions([login])[0], rooms=[room])


def _sessions(logins: list[Login]) -> list[str]:
    """A session for each, as signing in leaves it."""
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from concord.site.sessions import SessionStore

    store, dies_at = SessionStore(), timezone.now() + timedelta(hours=12)
    rows = [
        Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(login.pk),
                    BACKEND_SESSION_KEY: "concord.people.passphrase.PassphraseBackend",
                    HASH_SESSION_KEY: login.get_session_auth_hash(),
                }
            ),
            expire_date=dies_at,
        )
        for login in logins
    ]
    Session.objects.bulk_create(rows, batch_size=200)
    return [row.session_key for row in rows]


def cookies_of(login: Login, session: str, *, rooms: list[Room]) -> str:
    """What the browser sends: the session, the guidelines that were read, the token of forms."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from concord.convenings.guidelines_read import COOKIE, guidelines_of, mark_read

    request, response = RequestFactory().get("/"), HttpResponse()
    request.user, request.is_desk = login, False  # type: ignore[attr-defined]
    kept = ""
    for room in rooms:
        read = guidelines_of(room.session) if room.session else None
        if read is not None:
            mark_read(request, response, read)
            request.COOKIES[COOKIE] = response.cookies[COOKIE].value
            kept = f"; {COOKIE}={response.cookies[COOKIE].value}"
    return f"__Host-session={session}; __Host-csrf={TOKEN}{kept}"
