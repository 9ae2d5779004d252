"""Streams over real sockets: a room is heard by whoever may be in it, and by nobody else (A-REVOKE-1)."""

import json
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from concord.access.models import EVERYWHERE, Place
from concord.access.shut import end_shut
from concord.convenings.end_convening import end_convening
from concord.convenings.end_session import end_session
from concord.convenings.open_convening import open_convening
from concord.convenings.open_session import open_session
from concord.convenings.tests.event import Planned, plan
from concord.live.hub import hub
from concord.live.tests.listening import Ear, on_the_loop, serving
from concord.people.models import Login, Role
from concord.people.tests.team import Team, gather
from concord.spaces import news
from concord.spaces.models import Room
from concord.spaces.pull_brake import pull_brake
from concord.spaces.remove_post import remove_post, remove_posts
from concord.spaces.streams import authorise_room, authorise_watch
from concord.spaces.tests.conftest import register, staff

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "desk.localhost:8000"


@pytest.fixture
def team(transactional_db) -> Team:
    """They come together in the test itself: what a server reads is committed."""
    return gather()


@pytest.fixture
def planned(team) -> Planned:
    """An event that is ready to open, planned by its own verbs."""
    return plan(team)


def session_of(browser: Client) -> str:
    return browser.cookies["__Host-session"].value


def forget_all() -> None:
    """As after a restart: nothing has been told in this process yet."""
    on_the_loop(hub._rooms.clear)
    news._told.clear()


@pytest.fixture
def listen():
    """Open a stream as a browser's page does; all of them are closed before the server goes."""
    ears = []

    def open_stream(browser, *rooms, after=None, **more):
        at = "" if after is None else f"@{after}"
        session = session_of(browser) if browser else ""
        query = "&".join(f"s={room.stream}{at}" for room in rooms)
        ears.append(Ear(port, more.get("query", query), session=more.get("session", session)))
        return ears[-1]

    with serving() as port:
        yield open_stream
        for ear in ears:
            ear.close()


def test_a_post_is_heard_by_everyone_inside(event, inside, listen):
    ears = [listen(inside(who), event.room).opened() for who in (event.karim, event.sara)]
    event.say(event.karim, "hello")
    for ear in ears:
        heard = ear.next()
        assert (heard.event, heard.id) == ("post", f"{event.room.stream}-1")
        assert "hello" in json.loads(heard.data)["html"]


def test_whoever_shows_a_page_misses_nothing_until_the_stream(event, inside, listen):
    event.say(event.karim, "on the page")
    event.say(event.karim, "in between")
    assert "in between" in listen(inside(event.sara), event.room, after=1).next().data


def test_a_page_from_the_future_loads_again(event, inside, listen):
    event.say(event.karim, "the last one that the copy held")
    for number in (2, 999_999_999_999_999):
        assert listen(inside(event.sara), event.room, after=number).next().event == "reset"
    ear = listen(inside(event.sara), event.room, after=1).opened()
    event.say(event.karim, "what comes next")
    assert ear.next().event == "post"


def test_one_who_was_long_away_loads_again_and_nobody_else_has_to(
    event, inside, listen, monkeypatch
):
    monkeypatch.setattr(news, "MOST_MISSED", 3)
    for number in range(5):
        event.say(event.karim, f"{number}")
    forget_all()
    there = listen(inside(event.sara), event.room, after=5)
    assert listen(inside(event.karim), event.room, after=0).next().event == "reset"
    assert there.opened().next().event == "condition"
    event.say(event.karim, "new")
    heard = there.next()
    assert (heard.event, heard.id) == ("post", f"{event.room.stream}-6")


def test_after_a_restart_a_room_that_comes_back_is_read_from_the_database_once(
    event, inside, listen, monkeypatch
):
    asked = []
    events_after = news.events_after
    monkeypatch.setattr(
        news,
        "events_after",
        lambda room, after, **more: asked.append(after) or events_after(room, after, **more),
    )
    event.say(event.karim, "seen")
    event.say(event.karim, "missed")
    forget_all()
    asked.clear()
    browser = inside(event.sara)
    for _ in range(8):
        assert "missed" in listen(browser, event.room, after=1).next().data
    assert asked == [1]


def test_a_forged_ticket_opens_nothing(event, inside, listen):
    browser = inside(event.sara)
    true = session_of(browser)
    forged = [
        true[:-1],
        true + "a",
        true.upper(),
        f'"{chr(92)}000{true[4:]}"',
        "a" * 32,
        "%00" * 11,
        "x" * 4_000,
    ]
    for session in forged:
        assert listen(None, event.room, session=session).status == 404, session
    for kind in ("watch", "desk", "Room", "people", "room:room"):
        for id in (event.room.id, event.amara.person_id, event.sara.person_id):
            assert listen(browser, query=f"s={kind}:{id}").status == 404, kind
    assert (
        listen(browser, query=f"s={event.room.stream}&s=desk:{event.sara.person_id}").status == 404
    )
    assert listen(browser, event.room).opened()


def test_who_is_not_inside_hears_nothing(event, inside, listen):
    behind = register(event.convening, "Behind")
    behind.acknowledged_version = None
    behind.save()
    left = register(event.convening, "Left")
    gone = inside(left)
    left.delete()
    for browser in (inside(behind), gone):
        assert listen(browser, event.room).status == 404
    assert listen(None, event.room).status == 404
    assert listen(None, event.room, session="made-up").status == 404
    assert listen(inside(event.sara), query="s=room:x").status == 404


def test_one_room_that_is_not_theirs_refuses_them_all(event, inside):
    session = session_of(inside(event.sara))
    assert authorise_room(session, "localhost", [event.room.stream, event.lobby.stream])
    assert authorise_room(session, "localhost", [event.room.stream, f"room:{uuid4()}"]) is None
    assert authorise_room(session, "localhost", [f"room:{event.room.id.hex}"]) is None
    assert authorise_room(session, DESK, [event.room.stream]) is None


def test_a_person_who_is_shut_out_is_cut_at_once_and_cannot_come_back(
    event, inside, listen, shut_out
):
    browser = inside(event.karim)
    ear, other = (listen(one, event.room).opened() for one in (browser, inside(event.sara)))
    shut_out(event.karim, EVERYWHERE, at=event.at)
    assert [heard.event for heard in ear.rest()] == ["cut"]
    assert listen(browser, event.room).status == 404
    event.say(event.sara, "we go on")
    assert other.next().event == "post"


def test_a_shut_of_one_session_cuts_that_session_only(event, inside, listen, shut_out):
    browser = inside(event.karim)
    ear = listen(browser, event.room, event.lobby).opened()
    shut_out(event.karim, Place("session", event.session.id), at=event.at)
    assert json.loads(ear.next().data) == {"stream": event.room.stream}
    assert listen(browser, event.lobby).status == 200
    assert listen(browser, event.room).status == 404


def test_whoever_is_readmitted_hears_again(event, inside, listen, shut_out):
    browser = inside(event.karim)
    made = shut_out(event.karim, EVERYWHERE, at=event.at)
    end_shut(made, by=None, at=event.at)
    assert listen(browser, event.room).status == 200


def test_a_removed_post_leaves_open_screens_and_the_streams_memory(
    event, inside, listen, warrant_for, vault_file
):
    ear = listen(inside(event.sara), event.room).opened()
    event.say(event.karim, "kind")
    post = event.say(event.karim, "cruel")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    assert [ear.next().event for _ in range(3)] == ["post", "post", "removed"]
    late = listen(inside(event.sara), event.room, after=1)
    heard = late.next()
    assert (heard.event, json.loads(heard.data)["post"]) == ("removed", 2)


def test_very_many_that_go_at_once_are_told_and_none_is_told_again(
    event, inside, listen, warrant_for, vault_file, monkeypatch
):
    monkeypatch.setattr(news, "MOST_MISSED", 2)
    ear = listen(inside(event.sara), event.room).opened()
    posts = [event.say(event.karim, f"cruel {number}") for number in range(5)]
    warrants = {post.id: warrant_for(post) for post in posts}
    remove_posts(warrants, file=vault_file.id, at=event.at)
    heard = [ear.next() for _ in range(10)]
    assert [one.event for one in heard] == ["post"] * 5 + ["removed"] * 5
    assert [json.loads(one.data)["number"] for one in heard] == list(range(1, 11))
    monkeypatch.setattr(news, "MOST_TOLD", 2)
    said = [event.say(event.karim, f"as cruel {number}") for number in range(3)]
    remove_posts({post.id: warrant_for(post) for post in said}, file=vault_file.id, at=event.at)
    while (last := ear.next()).event != "reset":
        assert last.event == "post"
    back = listen(inside(event.sara), event.room, after=10)
    assert "cruel" not in back.next().data


def test_the_room_hears_of_a_brake(event, inside, listen):
    ear = listen(inside(event.sara), event.room).opened()
    pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    assert json.loads(ear.next().data)["condition"] == "paused"


def test_the_room_hears_that_its_session_opened_and_ended(inside, listen, planned, team):
    reader = inside(register(planned.convening, "Sara"))
    hall, lobby = (Room.objects.get(id=one.id) for one in (planned.hall, planned.convening))
    ears = [listen(reader, room).opened() for room in (hall, lobby)]
    open_convening(planned.convening, by=team.olu, at=planned.at)
    assert json.loads(ears[1].next().data)["condition"] == "open"
    open_session(planned.hall, by=team.olu, at=planned.at)
    assert json.loads(ears[0].next().data)["condition"] == "open"
    end_session(planned.hall, by=team.olu, at=planned.hall.ends_at)
    assert json.loads(ears[0].next().data)["condition"] == "ended"
    end_convening(planned.convening, by=team.olu, at=planned.at)
    assert json.loads(ears[1].next().data)["condition"] == "ended"


def test_an_end_that_was_rolled_back_is_not_told(event, inside, listen):
    ear = listen(inside(event.sara), event.room).opened()
    with transaction.atomic():
        end_session(event.session, by=None, at=event.at)
        transaction.set_rollback(True)
    event.say(event.karim, "still here")
    assert ear.next().event == "post"


def test_a_locked_room_opens_no_stream_to_newcomers(event, inside, listen):
    event.say(event.sara, "before")
    pull_brake(event.room, kind="lock", by=event.amara, at=event.at)
    assert listen(inside(event.sara), event.room).status == 200
    assert listen(inside(event.karim), event.room).status == 404


def test_news_that_arrive_the_wrong_way_round_are_told_in_order_and_once(
    event, inside, listen, monkeypatch
):
    ear = listen(inside(event.sara), event.room).opened()
    tell = news._tell_through
    monkeypatch.setattr(news, "_tell_through", lambda room, lowest, highest: None)
    event.say(event.karim, "one")
    tell(event.room.id, 1, 1)
    for text in ("two", "three"):
        event.say(event.karim, text)
    tell(event.room.id, 3, 3)
    tell(event.room.id, 2, 2)
    event.say(event.karim, "four")
    tell(event.room.id, 4, 4)
    assert [json.loads(ear.next().data)["number"] for _ in range(4)] == [1, 2, 3, 4]


def test_the_first_news_of_a_room_are_not_lost_when_they_come_second(
    event, inside, listen, monkeypatch
):
    ear = listen(inside(event.sara), event.room).opened()
    tell = news._tell_through
    monkeypatch.setattr(news, "_tell_through", lambda room, lowest, highest: None)
    for text in ("one", "two"):
        event.say(event.karim, text)
    tell(event.room.id, 2, 2)
    tell(event.room.id, 1, 1)
    assert {json.loads(ear.next().data)["number"] for _ in range(2)} == {1, 2}


def test_watching_is_for_staff_who_monitor_on_the_desks_own_host(event, inside):
    keeper = staff("Ines", Role.IT)
    sessions = {}
    for member in (event.amara, keeper):
        login = Login.objects.create(person=member.person, handle=member.working_name)
        browser = Client()
        browser.force_login(login, backend="concord.people.passphrase.PassphraseBackend")
        stored = browser.session
        # The keys are open; the sign-in itself is tried elsewhere.
        stored["vault"] = {"pending": False, "sealed": "", "idle": 0, "ends_at": ""}
        stored.save()
        sessions[member.working_name] = session_of(browser)
    watch = [event.room.watch_stream]
    grant = authorise_watch(sessions["Amara"], DESK, watch)
    event.say(event.karim, "a cruel thing")
    told = list(grant.backlog(watch[0], 0))
    assert [one.event for one in told] == ["post", "condition"]
    assert "cruel" not in str(told)
    assert authorise_watch(sessions["Amara"], "localhost:8000", watch) is None
    assert authorise_watch(sessions["Ines"], DESK, watch) is None
    assert authorise_watch(session_of(inside(event.sara)), DESK, watch) is None
    assert authorise_watch(None, DESK, watch) is None
