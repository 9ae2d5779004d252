"""Streams over real sockets: what is heard, what is missed, and who no longer hears."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from uuid import UUID, uuid4

from concord.live import hub as live
from concord.live import subscriptions
from concord.live.hub import LOG_BYTES, STREAMS_PER_PERSON, STREAMS_PER_SESSION, hub
from concord.live.subscriptions import Event, Grant
from concord.live.tests.listening import Ear, let_in, on_the_loop


def test_everybody_in_a_room_hears_a_post_and_nobody_elsewhere(port: int, person: UUID) -> None:
    here = [Ear(port, "s=room:a").opened() for _ in range(3)]
    there = Ear(port, "s=room:b").opened()
    live.publish("room:a", "post", {"text": "hello"}, number=1)
    live.publish("room:b", "post", {"text": "elsewhere"}, number=1)
    for ear in here:
        assert ear.next() == ("post", '{"text":"hello"}', "room:a-1")
    assert json.loads(there.next().data) == {"text": "elsewhere"}


def test_a_stream_is_kept_by_no_cache_and_no_proxy(port: int, person: UUID) -> None:
    head = Ear(port, "s=room:a").head.lower()
    assert "cache-control: no-store" in head
    assert "x-accel-buffering: no" in head
    assert "content-type: text/event-stream" in head


def test_text_of_several_lines_is_one_event(port: int, person: UUID) -> None:
    ear = Ear(port, "s=room:a").opened()
    live.publish("room:a", "post", "one\r\ntwo\rid: 9\n\nevent: cut")
    assert ear.next().data == "one\ntwo\nid: 9\n\nevent: cut"


def test_one_stream_carries_all_rooms_of_a_tab(port: int, person: UUID) -> None:
    ear = Ear(port, "s=room:a&s=room:b").opened()
    live.publish("room:a", "post", "1", number=1)
    assert ear.next().data == "1"
    live.publish("room:b", "post", "2", number=1)
    assert ear.next().data == "2"


def test_posts_of_many_threads_all_arrive(port: int, person: UUID) -> None:
    ears = [Ear(port, "s=room:a").opened() for _ in range(5)]

    def speak(voice: int) -> None:
        for number in range(100):
            live.publish("room:a", "post", f"{voice} {number}")

    voices = [threading.Thread(target=speak, args=(voice,)) for voice in range(4)]
    for voice in voices:
        voice.start()
    expected = {f"{voice} {number}" for voice in range(4) for number in range(100)}
    for ear in ears:
        assert {ear.next().data for _ in range(400)} == expected


def test_nothing_is_there_for_who_has_no_grant(port: int, person: UUID) -> None:
    subscriptions.register("room", lambda key, host, names: None)
    assert Ear(port, "s=room:a").status == 404
    assert Ear(port, "s=unheard-of:a").status == 404
    assert Ear(port, "").status == 404
    assert Ear(port, "&".join(f"s=room:{n}" for n in range(65))).status == 404


def test_the_session_and_the_host_are_what_the_authoriser_is_asked_about(
    port: int, person: UUID
) -> None:
    asked = []

    def authorise(key: str | None, host: str, names: list[str]) -> Grant:
        asked.append((key, host, names))
        return Grant(person, names)

    subscriptions.register("room", authorise)
    Ear(port, "s=room:a", session="of-this-browser").opened()
    assert asked == [("of-this-browser", "localhost", ["room:a"])]


# Resuming ------------------------------------------------------------------------------------------


def test_who_comes_back_hears_what_was_missed_from_the_log(port: int, person: UUID) -> None:
    Ear(port, "s=room:a").opened()
    for number in range(1, 6):
        live.publish("room:a", "post", str(number), number=number)
    ear = Ear(port, "s=room:a", last="room:a-2")
    assert [ear.next().data for _ in range(3)] == ["3", "4", "5"]


def test_a_page_hears_what_was_posted_since_it_was_made(port: int, person: UUID) -> None:
    for number in range(1, 4):
        live.publish("room:a", "post", str(number), number=number)
    assert Ear(port, "s=room:a@2").next().data == "3"


def test_what_a_stream_was_told_last_names_its_place_in_every_room(port: int, person: UUID) -> None:
    ear = Ear(port, "s=room:a&s=room:b").opened()
    live.publish("room:a", "post", "a1", number=1)
    ear.next()
    live.publish("room:b", "post", "b1", number=7)
    ear.next()
    ear.close()
    live.publish("room:a", "post", "a2", number=2)
    live.publish("room:b", "post", "b2", number=8)
    again = Ear(port, "s=room:a&s=room:b", last="1,7")
    assert {again.next().data, again.next().data} == {"a2", "b2"}


def test_what_the_log_no_longer_holds_comes_from_the_backlog(port: int, person: UUID) -> None:
    def backlog(stream: str, after: int) -> Iterable[Event]:
        return [Event("post", str(number), number) for number in range(after + 1, 5)]

    let_in(person, backlog)
    live.publish("room:a", "post", "4", number=4)
    live.publish("room:a", "post", "5", number=5)
    ear = Ear(port, "s=room:a", last="room:a-1")
    assert [ear.next().data for _ in range(4)] == ["2", "3", "4", "5"], "none missed, none twice"


def test_a_backlog_that_cannot_tell_asks_for_a_reload(port: int, person: UUID) -> None:
    let_in(person, lambda stream, after: None)
    assert Ear(port, "s=room:a@99").next() == ("reset", '{"stream":"room:a"}', "")


def test_a_place_from_the_future_asks_for_a_reload(port: int, person: UUID) -> None:
    live.publish("room:a", "post", "1", number=1)
    assert Ear(port, "s=room:a", last="room:a-99").next().event == "reset"


def test_a_place_that_makes_no_sense_asks_for_a_reload(port: int, person: UUID) -> None:
    for last in ("nonsense", "room:a-", "-", "1,2,3", "room:a-9" * 50, "x", "-1"):
        assert Ear(port, "s=room:a", last=last).next().event == "reset", last


def test_what_no_page_of_ours_would_ask_for_is_not_there_and_breaks_nothing(
    port: int, person: UUID
) -> None:
    for query in ("s=room:a&" * 500, "&" * 5_000, "s=" + "x" * 50_000, "s=room:%00", "s=%FF%FE:a"):
        assert Ear(port, query).status == 404, query[:20]
    for place in ("-1", "1e9", "9" * 400, "%00", "%D9%A1", "1+OR+1", "@@"):
        assert Ear(port, f"s=room:a@{place}").status == 200, "a place that is none is no place"
    ear = Ear(port, "s=room:a").opened()
    live.publish("room:a", "post", "and goes on")
    assert ear.next().data == "and goes on"


def test_a_room_that_comes_back_together_asks_for_what_it_missed_once(
    port: int, person: UUID
) -> None:
    asked, begun, answer = [], threading.Event(), threading.Event()

    def backlog(stream: str, after: int) -> Iterable[Event]:
        asked.append((stream, after))
        begun.set()
        assert answer.wait(20)
        return [Event("post", "missed", after + 1)]

    let_in(person, backlog)
    found: list[Ear] = []
    back = [
        threading.Thread(target=lambda n=n: found.append(Ear(port, "s=room:a@7", session=str(n))))
        for n in range(STREAMS_PER_PERSON)
    ]
    for one in back:
        one.start()
    assert begun.wait(20)
    answer.set()
    for one in back:
        one.join()
    for ear in found:
        assert ear.next() == ("post", "missed", "room:a-8")
    assert asked == [("room:a", 7)]
    live.publish("room:a", "post", "new", number=9)
    for ear in found:
        assert ear.next().data == "new"
    on_the_loop(lambda: None)
    Ear(port, "s=room:a@7").next()
    assert len(asked) == 2, "what was said since is not left out"


def test_a_past_that_could_not_be_read_is_asked_for_again(port: int, person: UUID) -> None:
    asked = []

    def backlog(stream: str, after: int) -> Iterable[Event]:
        asked.append(after)
        if len(asked) == 1:
            raise OSError("the database is away")
        return [Event("post", "missed", after + 1)]

    let_in(person, backlog)
    assert Ear(port, "s=room:a@1").status != 200
    assert Ear(port, "s=room:a@1").next().data == "missed"


def test_a_retracted_post_is_not_heard_by_who_resumes_before_it(port: int, person: UUID) -> None:
    for number in range(1, 4):
        live.publish("room:a", "post", str(number), number=number)
    hub.retract("room:a", 2)
    ear = Ear(port, "s=room:a@1")
    assert ear.next().data == "3"


# Cuts ----------------------------------------------------------------------------------------------


def test_a_cut_ends_every_stream_of_the_person_and_of_nobody_else(port: int, person: UUID) -> None:
    mine = [Ear(port, "s=room:a").opened() for _ in range(3)]
    let_in(uuid4())
    other = Ear(port, "s=room:a").opened()
    live.cut(person)
    live.publish("room:a", "post", "after")
    for ear in mine:
        assert [heard.event for heard in ear.rest()] == ["cut"]
    assert other.next().data == "after"
    assert live.listeners("room:a") == 1


def test_a_cut_from_one_room_leaves_the_others(port: int, person: UUID) -> None:
    ear = Ear(port, "s=room:a&s=room:b").opened()
    live.cut(person, ["room:a"])
    live.publish("room:a", "post", "not for you")
    live.publish("room:b", "post", "for you")
    assert ear.next() == ("cut", '{"stream":"room:a"}', ear.id)
    assert ear.next().data == "for you"


def test_a_stream_opened_during_a_revocation_is_refused(port: int, person: UUID) -> None:
    asked, decided = threading.Event(), threading.Event()

    def authorise(key: str | None, host: str, names: list[str]) -> Grant:
        asked.set()
        assert decided.wait(20)
        return Grant(person, names)

    subscriptions.register("room", authorise)
    found: list[Ear] = []
    opening = threading.Thread(target=lambda: found.append(Ear(port, "s=room:a")))
    opening.start()
    assert asked.wait(20)
    live.cut(person)
    on_the_loop(lambda: None)
    decided.set()
    opening.join()
    assert found[0].status == 404


def test_one_browser_cannot_fill_the_line_in_which_everybody_is_let_in(
    port: int, person: UUID
) -> None:
    decided = threading.Event()

    def authorise(key: str | None, host: str, names: list[str]) -> Grant:
        assert decided.wait(20)
        return Grant(person, names)

    subscriptions.register("room", authorise)
    found: list[Ear] = []
    openings = [
        threading.Thread(target=lambda: found.append(Ear(port, "s=room:a", session="one")))
        for _ in range(STREAMS_PER_SESSION)
    ]
    for opening in openings:
        opening.start()
    while not on_the_loop(lambda: hub.is_opening_many("one")):
        pass
    assert [heard.event for heard in Ear(port, "s=room:a", session="one").rest()] == ["reconnect"]
    decided.set()
    for opening in openings:
        opening.join()
    assert [ear.status for ear in found] == [200] * STREAMS_PER_SESSION
    assert not on_the_loop(lambda: hub.is_opening_many("one"))


def test_who_is_cut_while_the_past_is_read_hears_none_of_it(port: int, person: UUID) -> None:
    def backlog(stream: str, after: int) -> Iterable[Event]:
        live.cut(person)
        on_the_loop(lambda: None)
        return [Event("post", "secret", after + 1)]

    let_in(person, backlog)
    assert [heard.event for heard in Ear(port, "s=room:a@1").rest()] == ["cut"]


def test_the_heartbeat_ends_the_streams_of_who_is_shut_out(port: int, person: UUID) -> None:
    ear = Ear(port, "s=room:a").opened()
    live.shut_out(person)
    assert Ear(port, "s=room:a").status == 404
    hub._on_loop(hub._do, hub._beat())
    assert [heard.event for heard in ear.rest()] == ["cut"]
    live.readmit(person)
    Ear(port, "s=room:a").opened()


def test_however_the_opening_falls_nobody_who_was_cut_goes_on_listening(
    port: int, person: UUID
) -> None:
    """Openings and cuts at once, in every order that chance brings; the leave is taken before the cut is made."""
    admitted, stop = {person}, threading.Event()
    granting = threading.Lock()

    def authorise(key: str | None, host: str, names: list[str]) -> Grant | None:
        with granting:
            may = person in admitted
        return Grant(person, names) if may else None

    def keep_opening(session: str) -> None:
        while not stop.is_set():
            Ear(port, "s=room:a", session=session).close()

    subscriptions.register("room", authorise)
    browsers = [threading.Thread(target=keep_opening, args=(str(n),)) for n in range(3)]
    for browser in browsers:
        browser.start()
    try:
        for _ in range(50):
            with granting:
                admitted.clear()
            live.cut(person)
            # Whatever was granted before has been cut, or will not be joined.
            assert on_the_loop(lambda: hub.listening(person, ["room:a"])) == 0
            assert Ear(port, "s=room:a").status == 404
            assert on_the_loop(lambda: hub.listening(person, ["room:a"])) == 0
            with granting:
                admitted.add(person)
    finally:
        stop.set()
        for browser in browsers:
            browser.join()


# Readers that do not read --------------------------------------------------------------------------


def test_a_reader_who_stops_costs_nobody_else_anything(port: int, person: UUID) -> None:
    asleep = Ear(port, "s=room:a").opened()
    awake = Ear(port, "s=room:a").opened()
    posts, size = 200, 60_000  # more than the sockets' buffers and the log hold together
    for number in range(1, posts + 1):
        live.publish("room:a", "post", "x" * size, number=number)
        assert awake.next().id == f"room:a-{number}"
    assert on_the_loop(lambda: hub.room("room:a").size) <= 2 * LOG_BYTES
    live.publish("room:a", "last", "")
    heard = [asleep.next()]
    while heard[-1].event != "last":
        heard.append(asleep.next())
        if heard[-1].event == "reset":
            break
    assert heard[-1].event == "reset", "one that fell behind is told to reload"
    live.publish("room:a", "post", "and hears what comes next")
    while heard[-1].data != "and hears what comes next":
        heard.append(asleep.next())


def test_a_reader_who_stopped_can_still_be_cut(port: int, person: UUID) -> None:
    asleep = Ear(port, "s=room:a").opened()
    for _ in range(200):
        live.publish("room:a", "post", "x" * 60_000)
    live.cut(person)
    live.publish("room:a", "post", "after")
    on_the_loop(lambda: None)
    assert live.listeners("room:a") == 0
    heard = asleep.rest()
    assert heard[-1].event == "cut"
    assert "after" not in {one.data for one in heard}


def test_who_leaves_is_forgotten_at_once(port: int, person: UUID) -> None:
    ears = [Ear(port, "s=room:a", session=str(n)).opened() for n in range(20)]
    assert live.listeners("room:a") == 20
    for ear in ears:
        ear.close()
    wait = threading.Event()
    while live.listeners("room:a"):
        wait.wait(0.01)
    assert on_the_loop(hub._everyone) == []


def test_the_oldest_stream_of_a_browser_makes_way(port: int, person: UUID) -> None:
    ears = [Ear(port, "s=room:a", session="one").opened() for _ in range(STREAMS_PER_SESSION)]
    other = Ear(port, "s=room:a", session="two").opened()
    newest = Ear(port, "s=room:a", session="one").opened()
    assert [heard.event for heard in ears[0].rest()] == ["crowded"]
    live.publish("room:a", "post", "still here")
    for ear in (*ears[1:], other, newest):
        assert ear.next().data == "still here"


def test_nobody_holds_very_many_streams_by_signing_in_again(port: int, person: UUID) -> None:
    ears = [
        Ear(port, "s=room:a", session=f"browser {number}").opened()
        for number in range(STREAMS_PER_PERSON + 1)
    ]
    assert [heard.event for heard in ears[0].rest()] == ["crowded"]
    assert live.listeners("room:a") == STREAMS_PER_PERSON
