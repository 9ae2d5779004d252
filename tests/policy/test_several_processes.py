"""A larger host: several web processes and workers over one PostgreSQL and one Redis keep the same promises.

A word of whatever is said here goes from one process to another by ids alone. Any process may be killed; whoever
listened there goes on at another and misses nothing. Without Redis the rooms go on, a second later.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from concord.access.shut import epoch_now
from concord.concurrence.concur import concur
from concord.concurrence.models import Warrant
from concord.convenings.guidelines_read import COOKIE, mark_read
from concord.convenings.models import Registration
from concord.live import relay
from concord.live.models import Process
from concord.live.tests.listening import Ear, Heard
from concord.people.models import Login
from concord.site.testing import HOME
from concord.spaces.announce import announce
from concord.spaces.models import Post, Room
from tests import wire
from tests.browsing import Browser
from tests.cast import Cast, opened, proposed, stage
from tests.processes import Processes, Redis, redis_running, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@dataclass
class House:
    """Four web processes and two workers, and what this test opened there."""

    cast: Cast
    processes: Processes
    redis: Redis
    ports: list[int]
    ears: list[Ear] = field(default_factory=list)

    def browser(self, who: Registration, port: int) -> Browser:
        """Somebody who has signed in and read everything, before one of the processes."""
        return signed_in(who, port)

    def listen(self, who: Registration, port: int, room: Room, *, last: str = "") -> Ear:
        """An open stream on one of the processes, from the beginning of the room."""
        session = self.browser(who, port).session_key
        ear = Ear(port, f"s={room.stream}@0", session=session, last=last).opened()
        self.ears.append(ear)
        return ear


@pytest.fixture(scope="module")
def started(django_db_setup, django_db_blocker) -> Iterator[tuple[Processes, Redis]]:
    """The same two settings, `DATABASE_URL` and `REDIS_URL`, in every process. Web processes serve all stories."""
    with redis_running() as redis:
        processes = Processes(url_of_this_database(), redis.url, HOME)
        try:
            with django_db_blocker.unblock():
                processes.serve(4)
            yield processes, redis
        finally:
            processes.stop()


@pytest.fixture
def house(started, settings) -> Iterator[House]:
    """Whatever was killed before runs again; workers are new, for between stories the tables are emptied."""
    processes, redis = started
    settings.REDIS_URL = redis.url
    relay.line.__init__()  # type: ignore[misc]
    made = House(stage(), processes, redis, [])
    try:
        redis.start()
        made.ports = processes.serve(4)
        processes.work(2)
        wait_for(lambda: Process.objects.alive().count() == 4, "four processes", processes.log)
        yield made
    finally:
        for ear in made.ears:
            ear.close()
        processes.end_workers()
        relay.line.__init__()  # type: ignore[misc]


def url_of_this_database() -> str:
    from urllib.parse import quote

    told = connection.settings_dict
    host = quote(told["HOST"], safe="")
    secret = f":{quote(told['PASSWORD'])}" if told["PASSWORD"] else ""
    port = f":{told['PORT']}" if told["PORT"] else ""
    return f"postgresql://{told['USER']}{secret}@{host}{port}/{told['NAME']}"


def signed_in(who: Registration, port: int) -> Browser:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.http import HttpResponse
    from django.test import RequestFactory

    login = Login.objects.get(person=who.person)
    store = SessionStore()
    store[SESSION_KEY] = str(login.pk)
    store[BACKEND_SESSION_KEY] = "concord.people.passphrase.PassphraseBackend"
    store[HASH_SESSION_KEY] = login.get_session_auth_hash()
    store.create()
    browser = wire.browser(port)
    browser.client.cookies["__Host-session"] = store.session_key
    request, response = RequestFactory().get("/"), HttpResponse()
    request.user, request.is_desk = login, False  # type: ignore[attr-defined]
    for session in who.convening.sessions.all():
        mark_read(request, response, session.guidelines.latest("number"))
        request.COOKIES[COOKIE] = browser.client.cookies[COOKIE] = response.cookies[COOKIE].value
    return browser


def says(browser: Browser, room: Room, text: str) -> None:
    """Write into the room by the page's own form."""
    browser.open(f"/r/{room.id}")
    assert browser.status == 200, browser.words
    browser.press("Send", text=text, nonce=str(uuid4()))
    assert browser.status == 200, browser.words


def texts(ear: Ear, many: int) -> list[int]:
    """The numbers of the next posts that are heard, in the order in which they come."""
    numbers: list[int] = []
    while len(numbers) < many:
        heard = ear.next()
        if heard.event == "post":
            numbers.append(json.loads(heard.data)["number"])
    return numbers


def until(ear: Ear, event: str) -> Heard:
    while (heard := ear.next()).event != event:
        assert heard.event != "cut" or event == "cut"
    return heard


def until_announced(ear: Ear, words: str) -> None:
    """How the room is may be told more than once; it fails when nothing more comes."""
    while words not in until(ear, "condition").data:
        pass


def test_what_is_said_before_one_process_is_heard_at_all_of_them_once_and_in_order(house):
    cast = house.cast
    ears = [house.listen(cast.sara, port, cast.hall) for port in house.ports]
    writers = [
        house.browser(who, port)
        for who, port in zip((cast.karim, cast.tomas, cast.sara), house.ports, strict=False)
    ]

    def write(browser: Browser) -> None:
        for turn in range(12):
            says(browser, cast.hall, f"word {turn}")

    threads = [threading.Thread(target=write, args=(one,)) for one in writers]
    for thread in threads:
        thread.start()
    heard = [texts(ear, 36) for ear in ears]
    for thread in threads:
        thread.join()
    for numbers in heard:
        assert numbers == sorted(set(numbers))
        assert len(numbers) == Post.objects.filter(room=cast.hall).count() == 36


@pytest.mark.clauses("A-REVOKE-1", "R-ACT-REVOKE", "R-ACT-DELETE")
def test_a_decision_takes_hold_in_every_process(house):
    cast = house.cast
    version = proposed(cast).version
    karims = [house.listen(cast.karim, port, cast.hall) for port in house.ports]
    saras = [house.listen(cast.sara, port, cast.hall) for port in house.ports]
    assert [texts(ear, 1) for ear in (*karims, *saras)] == [[1]] * 8
    assert relay.listening(cast.karim.person_id, [cast.hall.stream]) == 4
    concur(
        opened(version, cast.noor, cast.at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.at,
    )
    for ear in karims:
        until(ear, "cut")
    for ear in saras:
        assert json.loads(until(ear, "removed").data)["post"] == 1
    wait_for(
        lambda: not Warrant.objects.filter(verified_at__isnull=True).exists(),
        "every step verified by a worker, after every process had followed",
        house.processes.log,
    )
    for port in house.ports:
        assert house.browser(cast.karim, port).open(f"/r/{cast.hall.id}").status == 403
        refused = Ear(
            port, f"s={cast.hall.stream}", session=house.browser(cast.karim, port).session_key
        )
        house.ears.append(refused)
        assert refused.status == 404


@pytest.mark.clauses("R-ACT-REVOKE")
def test_a_step_is_not_called_checked_while_a_process_has_not_followed(house):
    cast = house.cast
    version = proposed(cast).version
    frozen = house.processes.web[house.ports[0]]
    frozen.send_signal(signal.SIGSTOP)
    try:
        concur(
            opened(version, cast.noor, cast.at),
            by=cast.noor.staff,
            keyring=cast.noor.keyring,
            at=cast.at,
        )
        wait_for(
            lambda: Process.objects.alive().filter(followed=epoch_now()).count() == 3,
            "the other three",
            house.processes.log,
        )
        assert not relay.all_followed(epoch_now())
        revoke = Warrant.objects.get(kind="revoke")
        assert revoke.done_at is not None
        assert revoke.verified_at is None
    finally:
        frozen.send_signal(signal.SIGCONT)
    wait_for(
        lambda: Warrant.objects.get(kind="revoke").verified_at is not None,
        "the step checked once all four had followed",
        house.processes.log,
    )


def test_whoever_listened_at_a_process_that_was_killed_goes_on_at_another_and_misses_nothing(house):
    cast, (first, second, third, _) = house.cast, house.ports
    ear = house.listen(cast.sara, first, cast.hall)
    says(house.browser(cast.karim, second), cast.hall, "before")
    assert texts(ear, 1) == [1]
    house.processes.kill(house.processes.web[first])
    says(house.browser(cast.karim, second), cast.hall, "meanwhile")
    again = house.listen(cast.sara, third, cast.hall, last=ear.id)
    says(house.browser(cast.karim, second), cast.hall, "after")
    assert texts(again, 2) == [2, 3]


def test_a_worker_that_is_killed_loses_nothing(house):
    cast = house.cast
    version = proposed(cast).version
    house.processes.kill(house.processes.workers[0])
    concur(
        opened(version, cast.noor, cast.at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.at,
    )
    wait_for(
        lambda: not Warrant.objects.filter(verified_at__isnull=True).exists(),
        "every step verified by the worker that is left",
        house.processes.log,
    )


def test_without_redis_the_rooms_go_on_and_afterwards_nothing_is_missing(house):
    cast, (first, second, *_) = house.cast, house.ports
    ear = house.listen(cast.sara, first, cast.hall)
    karim = house.browser(cast.karim, second)
    says(karim, cast.hall, "with it")
    assert texts(ear, 1) == [1]
    house.redis.kill()
    says(karim, cast.hall, "without it")
    says(karim, cast.hall, "still without")
    assert texts(ear, 2) == [2, 3]
    announce(cast.hall, text="We pause for a moment", by=cast.amara.staff, at=cast.at)
    until_announced(ear, "We pause for a moment")
    house.redis.start()
    says(karim, cast.hall, "with it again")
    assert texts(ear, 1) == [4]


def test_where_redis_reads_and_takes_no_words_they_go_another_way_until_it_does(house):
    """As when its disk is full, or it became the copy of another: each process that only reads believes all is well."""
    from redis import Redis as Line

    cast, redis = house.cast, Line.from_url(house.redis.url)
    ear = house.listen(cast.sara, house.ports[0], cast.hall)
    redis.config_set("maxmemory", 1)
    try:
        announce(cast.hall, text="We pause for a moment", by=cast.amara.staff, at=cast.at)
        until_announced(ear, "We pause for a moment")
        assert relay.line.broken_since is not None, "and the desk says so"
    finally:
        redis.config_set("maxmemory", 0)
    wait_for(
        lambda: relay.line.knock() or relay.line.broken_since is None,
        "the fault is over, although nobody says anything",
        house.processes.log,
    )


def test_two_processes_that_share_no_redis_hear_each_other_a_moment_later(house):
    """A worker of its own is one too: what it does reaches the pages that are open."""
    cast = house.cast
    alone = Processes(url_of_this_database(), "", HOME)
    try:
        first, second = alone.serve(2)
        ear = house.listen(cast.sara, first, cast.hall)
        says(house.browser(cast.karim, second), cast.hall, "Is anybody there?")
        assert texts(ear, 1) == [1]
        announce(cast.hall, text="We begin late", by=cast.amara.staff, at=cast.at)
        until_announced(ear, "We begin late")
    finally:
        alone.stop()


def test_a_word_that_one_process_does_not_understand_keeps_no_cut_from_it(house):
    cast = house.cast
    ears = [house.listen(cast.karim, port, cast.hall) for port in house.ports]
    with connection.cursor() as cursor:
        for word in ('["x","out"]', '["x","out","no id","all"]', "[]", "what"):
            cursor.execute("SELECT pg_notify(%s, %s)", [relay.CHANNEL, word])
    version = proposed(cast).version
    concur(
        opened(version, cast.noor, cast.at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.at,
    )
    for ear in ears:
        until(ear, "cut")
    assert Process.objects.alive().count() == 4


def test_a_decision_takes_hold_without_redis(house):
    cast = house.cast
    version = proposed(cast).version
    ears = [house.listen(cast.karim, port, cast.hall) for port in house.ports]
    house.redis.kill()
    concur(
        opened(version, cast.noor, cast.at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.at,
    )
    for ear in ears:
        until(ear, "cut")


@contextmanager
def database_away() -> Iterator[None]:
    """As a restart does it: every connection ends at once, and for a while none is taken."""
    import psycopg

    connection.close()
    name = connection.settings_dict["NAME"]
    whole = url_of_this_database().rpartition("/")[0] + "/postgres"
    with psycopg.connect(whole, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            other.execute(ended, [name])
            yield
        finally:
            other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
            connection.close_pool()  # who tells this has nothing to wait for


def begins_again_meanwhile(processes: Processes) -> None:
    """One worker is killed, and another begins while there is nothing to work on yet."""
    processes.kill(processes.workers[0])
    many = processes.log().count("worker stumbled")
    processes.work(1)
    wait_for(lambda: processes.log().count("worker stumbled") > many + 2, "a worker that waits")
    processes.kill(processes.workers[1])


def test_the_database_goes_and_comes_back_and_nothing_that_was_said_is_lost(house):
    cast, (first, second, third, _) = house.cast, house.ports
    ear = house.listen(cast.sara, first, cast.hall)
    ears = [house.listen(cast.karim, port, cast.hall) for port in house.ports]
    tomas = house.browser(cast.tomas, second)
    says(tomas, cast.hall, "before")
    assert texts(ear, 1) == [1]
    tomas.open(f"/r/{cast.hall.id}")
    with database_away():
        tomas.press("Send", text="into nothing, and still mine", nonce=str(uuid4()))
        assert tomas.status >= 500
        assert "into nothing, and still mine" in tomas.page, "what was typed is theirs to copy"
        begins_again_meanwhile(house.processes)
    for port in (first, second, third):
        says(house.browser(cast.tomas, port), cast.hall, "after")
    heard: list[int] = []
    while len(heard) < 3:
        try:
            heard += texts(ear, 1)
        except (
            AssertionError
        ):  # sent away while the database was gone: it comes back after what it heard last
            ear = house.listen(cast.sara, first, cast.hall, last=ear.id)
    assert heard == [2, 3, 4], "nothing is missing, and nothing comes twice"
    assert Post.objects.filter(room=cast.hall).count() == 4
    concur(
        opened(proposed(cast).version, cast.noor, cast.at),
        by=cast.noor.staff,
        keyring=cast.noor.keyring,
        at=cast.at,
    )
    for each in ears:
        assert each.rest()[-1].event in ("cut", "reconnect"), "no stream of theirs is open"
    wait_for(
        lambda: not Warrant.objects.filter(verified_at__isnull=True).exists(),
        "every step verified by a worker that found its way back",
        house.processes.log,
    )


def test_redis_holds_ids_and_not_a_word_of_what_was_said(house):
    import redis

    cast = house.cast
    client = redis.Redis.from_url(house.redis.url)
    karim = house.browser(cast.karim, house.ports[0])

    def is_heard() -> bool:  # whoever missed Redis a moment ago asks again a second later
        threading.Event().wait(0.4)
        says(karim, cast.hall, "marked-7f3a in the room")
        return bool(client.keys("*"))

    wait_for(is_heard, "a word in Redis", house.processes.log)
    held = b"".join(
        str(client.xrange(key)).encode() if client.type(key) == b"stream" else b""
        for key in client.keys("*")
    )
    assert str(cast.hall.id).encode() in held
    for mark in (b"marked-7f3a", b"Karim", b"karim", b"gmail", UUID(int=0).bytes.hex().encode()):
        assert mark not in held
