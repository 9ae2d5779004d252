"""A room in real browsers: live with a script, and whole without one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from concord.access.models import Place
from concord.convenings.models import State
from concord.convenings.rename import rename
from concord.live.hub import hub
from concord.spaces import news, streams
from concord.spaces.announce import announce, take_down
from concord.spaces.offer_help import offer_help
from concord.spaces.post_message import post_message
from concord.spaces.pull_brake import pull_brake
from concord.spaces.remove_post import remove_post
from concord.spaces.restore_post import restore_post
from concord.spaces.show_video import say_recording, show_video
from concord.spaces.tests.conftest import (  # noqa: F401
    inside,
    keyring,
    register,
    set_up,
    shut_out,
    vault_file,
    warrant_for,
)
from tests.doors.breaking_off import SPREAD, returns_after
from tests.doors.looking_away import look_away

pytestmark = pytest.mark.browser


@pytest.fixture
def event(hosts):
    return set_up()


@pytest.fixture
def room(event, hosts, seat, inside):  # noqa: F811
    """`room(who)` opens the room in a browser of that person's own."""

    def enter(who, *, path="", **options):
        context = seat(**options)
        for name, cookie in inside(who).cookies.items():
            context.add_cookies(
                [
                    {
                        "name": name,
                        "value": cookie.value,
                        "domain": "localhost",
                        "path": "/",
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )
        page = context.new_page()
        page.broken = []
        page.on(
            "console", lambda line: page.broken.append(line.text) if line.type == "error" else None
        )
        page.on("pageerror", lambda error: page.broken.append(str(error)))
        page.goto(f"{hosts.public}/r/{event.room.id}{path}")
        return page

    return enter


def test_what_one_writes_the_other_reads_without_loading(event, room, picture):
    karim, sara = room(event.karim), room(event.sara, viewport={"width": 360, "height": 740})
    for words in ("The count begins when the queue has gone.", "<b>Not</b> at closing time."):
        karim.locator("#text").fill(words)
        karim.locator("#text").press("Enter")
        expect(karim.locator("#text")).to_have_value("")
        expect(sara.locator("#posts")).to_contain_text(words)
        if "count" in words:
            expect(sara.get_by_role("status").filter(has_text=f"Karim: {words}")).to_have_count(1)
    expect(karim.locator("#heard")).to_be_empty()
    expect(karim.locator(".post.own")).to_have_count(2)
    expect(sara.locator(".post.own")).to_have_count(0)
    expect(sara.locator(".post")).to_have_count(2)
    sara.locator("#post-1").get_by_role("link", name="Reply").click()
    sara.locator("#text").fill("Thank you")
    sara.get_by_role("button", name="Send").click()
    expect(karim.locator("#post-3 a.to")).to_contain_text("Karim")
    picture(sara)

    # On a slow line: what is typed meanwhile stays, and whoever went elsewhere is left there.
    held = []
    karim.route("**/posts", lambda route: held.append(route))
    with karim.expect_request("**/posts"):
        karim.locator("#text").fill("one")
        karim.locator("#text").press("Enter")
    karim.locator("#text").press_sequentially(" two")
    report = karim.get_by_role("link", name="Report", exact=True)
    report.focus()
    with karim.expect_response("**/posts"):
        held.pop().continue_()
    expect(karim.locator("#text")).to_have_value("two")
    expect(report).to_be_focused()

    # When it ends, what is in the box can still be taken along.
    event.session.state = State.ENDED
    event.session.save()
    news.tell_session(event.session, event.at)
    expect(karim.get_by_role("button", name="Send")).to_be_disabled()
    karim.locator("#text").focus()
    karim.keyboard.press("Control+A")
    karim.keyboard.type("x")
    assert karim.evaluate("getSelection().toString()") == "two"
    assert karim.broken == sara.broken == []


def test_a_removed_post_goes_from_an_open_screen(event, room, warrant_for, vault_file, picture):  # noqa: F811
    """Also from one of the thread that it began, and from one of what was said before."""
    post = event.say(event.karim, "a cruel thing")
    sara = room(event.sara)
    thread, before = (sara.context.new_page() for _tab in range(2))
    thread.goto(f"{sara.url}?thread=1")
    before.goto(f"{sara.url}?before=2")
    for tab in (sara, thread, before):
        expect(tab.locator("#post-1")).to_contain_text("a cruel thing")
    expect(thread.locator("#write")).to_contain_text("Karim")
    event.say(event.karim, "and more")
    expect(sara.locator("#posts")).to_contain_text("and more")
    rename(event.karim, display_name="Kim", pronouns="", by=event.karim.person_id, at=event.at)
    for tab in (sara, thread, before):
        expect(tab.locator("#post-1 .by")).to_have_text("Kim")
    picture(thread, "thread")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    for tab in (sara, thread, before):
        expect(tab.locator("#post-1")).to_have_text("A message was removed.")
    expect(thread.locator("#write")).not_to_contain_text("Kim")
    for tab in (thread, before):
        expect(tab.locator(".post")).to_have_count(1)
        expect(tab.locator("#refresh")).to_be_visible()
    picture(before, "before")
    assert returns_after(sara) == SPREAD


PHONE = {"width": 360, "height": 740}
LATER = timedelta(minutes=20)
"""When no brake holds any more."""
THOUGHT = "What I wanted to say is that"


def test_a_page_that_renews_itself_loses_no_word_and_shows_nobody_who_was_hidden(
    event,
    room,
    monkeypatch,
    warrant_for,  # noqa: F811
    vault_file,  # noqa: F811
    keyring,  # noqa: F811
    picture,
):
    """A phone slept, or help lines are offered: the page has to be another, and somebody is in mid-sentence."""
    tomas = register(event.convening, "Tomas")
    cruel = event.say(event.karim, "a cruel thing")
    event.say(event.karim, "and another")
    event.say(tomas, "The count begins when the queue has gone.")
    sara = room(event.sara, path="?answer=3", viewport=PHONE)
    sara.locator("#text").fill(THOUGHT)
    sara.evaluate("window.sameage = true")
    removal = remove_post(cruel, warrant=warrant_for(cruel), file=vault_file.id, at=event.at)
    expect(sara.locator("#post-1")).to_have_text("A message was removed.")
    sara.locator("#post-2").get_by_role("button", name="Hide this person").click()
    expect(sara.locator("#posts")).not_to_contain_text("and another")

    monkeypatch.setattr(news, "MOST_MISSED", 2)
    look_away(sara)
    for number in range(4):
        event.say(tomas, f"The queue at station {number} has gone.")
    hub.renew(event.room.stream)  # as when it was so much that no log holds it
    monkeypatch.setattr(news, "MOST_MISSED", 200)
    pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    look_away(sara, False)
    expect(sara.locator("#posts")).to_contain_text("station 3")
    expect(sara.locator("#condition")).to_contain_text("paused")
    expect(sara.locator("#text")).to_have_value(THOUGHT)
    expect(sara.locator("[name=comment_on]")).to_have_count(1)

    monkeypatch.setattr(streams, "A_MOMENT", 0.0)
    offer_help(event.sara.person_id, convening=event.convening, at=event.at)
    expect(sara.locator(".for-you")).to_contain_text("Something that was written here")
    expect(sara.locator(".for-you")).to_be_in_viewport()
    expect(sara.locator("#text")).to_have_value(THOUGHT)
    picture(sara, "phone")

    restore_post(removal, keyring=keyring, by=None, at=event.at)
    event.say(tomas, "Is it open again?", after=LATER)
    expect(sara.locator("#posts")).to_contain_text("Is it open again?")
    expect(sara.locator("#posts")).not_to_contain_text("cruel")
    assert sara.evaluate("window.sameage"), "and all of it on the page that was open"
    kept = "[localStorage.length, sessionStorage.length, history.state]"
    assert sara.evaluate(kept) == [0, 0, None]
    assert sara.broken == []


def test_a_tab_that_lay_hidden_looks_again_when_its_reader_may_not_be_there_any_more(
    event,
    room,
    warrant_for,  # noqa: F811
    shut_out,  # noqa: F811
    vault_file,  # noqa: F811
    picture,
):
    """Nobody told it: its stream was closed. Access taken away, a room locked, a sign-in ended elsewhere."""
    cruel = event.say(event.karim, "a cruel thing")
    event.say(event.sara, "I am here.")
    newcomer = register(event.convening, "Tomas")
    karim, sara, tomas = (room(who) for who in (event.karim, event.sara, newcomer))
    for page in (karim, sara, tomas):
        expect(page.locator("#refresh")).to_be_hidden()
        look_away(page)
    karim.locator("#text").fill(THOUGHT)
    shut_out(event.karim, Place("session", event.room.session_id), at=event.at)
    pull_brake(event.room, kind="lock", by=event.amara, at=event.at)
    sara.context.clear_cookies(name="__Host-session")
    remove_post(cruel, warrant=warrant_for(cruel), file=vault_file.id, at=event.at)
    for page, words in (
        (karim, "No access at the moment"),
        (tomas, "closed to newcomers"),
        (sara, "Sign in"),
    ):
        look_away(page, False)
        expect(page.locator("main")).to_contain_text(words)
        expect(page.locator("body")).not_to_contain_text("a cruel thing")
        assert THOUGHT not in page.content()
    picture(karim, "out")


def test_a_paused_room_says_so_and_keeps_the_words(event, room):
    sara = room(event.sara)
    expect(sara.locator("#posts")).to_be_visible()
    pull_brake(event.room, kind="pause", by=event.amara, at=event.at)
    expect(sara.locator("#condition")).to_contain_text("paused")
    sara.locator("#text").fill("my thought")
    sara.get_by_role("button", name="Send").click()
    expect(sara.locator("[data-say]")).to_contain_text("still here")
    expect(sara.locator("#text")).to_have_value("my thought")


def test_without_a_script_the_room_is_a_page_with_a_form(event, room, picture):
    event.say(event.karim, "hello")
    sara = room(event.sara, java_script_enabled=False)
    sara.locator("#text").fill("hello to you")
    sara.get_by_role("button", name="Send").click()
    assert "hello to you" in sara.locator("#post-2").inner_text()
    event.say(event.karim, "news")
    sara.get_by_role("link", name="read what is new").click()
    assert sara.locator("#post-3").count() == 1
    assert sara.locator("#post-1").count() == 0
    picture(sara)


MUCH = """() => {
    const one = document.getElementById("post-41").outerHTML;
    for (let number = 42; number <= 440; number++) {
        const html = one.replaceAll("post-41", "post-" + number).replace('number="41"', `number="${number}"`);
        document.dispatchEvent(new CustomEvent("room:post", { detail: { html } }));
    }
}"""
"""Four hundred messages come in."""


def test_new_posts_do_not_move_what_is_being_read(event, room):
    for number in range(40):
        event.say(event.karim, f"line {number}\n" * 3)
    sara = room(event.sara)
    sara.evaluate("scrollTo(0, 200)")
    before = sara.evaluate("scrollY")
    event.say(event.karim, "new")
    expect(sara.locator("#newer")).to_have_text("1 new")
    assert sara.evaluate("scrollY") == before
    sara.locator("#newer").click()
    expect(sara.locator("#newer")).to_be_hidden()

    # Of a long talk a phone holds the end alone, and the rest is a press away.
    expect(sara.locator("#earlier")).to_be_hidden()
    sara.evaluate(MUCH)
    first = sara.locator(".post").first.get_attribute("data-number")
    assert 200 <= sara.locator(".post").count() <= 300
    assert sara.locator("#posts li").first.get_attribute("class") == "day"
    link = sara.get_by_role("link", name="Earlier messages")
    expect(link).to_have_attribute("href", f"?before={first}")
    expect(sara.locator(f"#post-{int(first) - 1}")).to_have_count(0)
    expect(sara.locator("#post-440")).to_be_in_viewport()
    sara.reload()
    expect(sara.locator("#earlier")).to_be_hidden()


def test_a_window_that_shrinks_stays_at_the_newest_post_unless_somebody_reads_above(event, room):
    for number in range(40):
        event.say(event.karim, f"line {number}")
    sara = room(event.sara, viewport={"width": 360, "height": 740})
    frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    below = "document.documentElement.scrollHeight - innerHeight - Math.ceil(scrollY)"
    assert sara.evaluate(below) < 2
    sara.set_viewport_size({"width": 360, "height": 400})
    sara.evaluate(frames)
    assert sara.evaluate(below) < 2
    sara.evaluate("scrollTo(0, 200)")
    sara.evaluate(frames)
    sara.set_viewport_size({"width": 360, "height": 300})
    sara.evaluate(frames)
    assert sara.evaluate("scrollY") == 200


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_phone_every_way_out_of_the_room_is_in_sight(event, room, picture, width):
    event.say(event.karim, "hello")
    sara = room(event.sara, viewport={"width": width, "height": 740})
    for link in sara.locator(".room-head a:visible").all():
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert sara.locator(".room-head .nav a").last.is_visible()
    words, acts = sara.locator("#post-1 .said"), sara.locator("#post-1 .post-acts a").first
    assert acts.bounding_box()["y"] > words.bounding_box()["y"]
    picture(sara)


def test_somebody_hidden_is_gone_at_once_and_stays_away_while_the_room_is_live(event, room):
    sara = room(event.sara)
    other_tab = sara.context.new_page()
    other_tab.goto(sara.url)
    event.say(event.karim, "an unwelcome word")
    expect(sara.locator("#post-1")).to_contain_text("Karim")
    expect(other_tab.locator("#post-1")).to_be_visible()
    sara.locator("#text").fill("half a thought")
    sara.locator("#post-1").get_by_role("button", name="Hide this person").click()
    for page in (sara, other_tab):
        expect(page.locator(".post")).to_have_count(0)
        expect(page.locator("#hidden-people")).to_be_visible()
    expect(sara.locator("#text")).to_have_value("half a thought")
    event.say(event.karim, "and again")
    sara.locator("#text").press("Enter")
    expect(sara.locator("#posts")).to_contain_text("half a thought")
    expect(sara.locator("#posts")).not_to_contain_text("and again")
    expect(sara.locator(".post.own button[name=who]")).to_have_count(0)
    sara.get_by_role("link", name="See whom you hide").click()
    sara.get_by_role("button", name="Show again Karim").click()
    sara.get_by_role("link", name="Back to the room").click()
    expect(sara.locator("#posts")).to_contain_text("and again")
    assert sara.broken == []


def test_somebody_is_hidden_without_a_script(event, room, picture):
    event.say(event.karim, "an unwelcome word")
    sara = room(event.sara, java_script_enabled=False, viewport={"width": 360, "height": 740})
    picture(sara, "before")
    sara.locator("#post-1").get_by_role("button", name="Hide this person").click()
    expect(sara.locator("#posts")).not_to_contain_text("an unwelcome word")
    expect(sara.locator("#hidden-people")).to_be_visible()
    picture(sara, "after")
    sara.get_by_role("link", name="See whom you hide").click()
    picture(sara, "list")
    sara.get_by_role("button", name="Show again").click()
    expect(sara.locator("main")).to_contain_text("You hide nobody")
    sara.get_by_role("link", name="Back to the room").click()
    expect(sara.locator("#posts")).to_contain_text("an unwelcome word")


VIDEO = "https://video.example.org/embed/42"


def test_what_the_team_says_stands_above_the_room_until_it_is_taken_down(event, room, picture):
    for number in range(8):
        event.say(event.karim, f"The queue at station {number} has gone.")
    sara = room(event.sara, viewport=PHONE)
    expect(sara.locator("#announced")).to_be_hidden()
    made = announce(
        event.room, text="We begin again at 14:30, in this room.", by=event.amara, at=event.at
    )
    expect(sara.locator("#announced")).to_contain_text("We begin again at 14:30")
    say_recording(event.room, recording="recorded", by=event.amara, at=event.at)
    expect(sara.locator("#recording")).to_have_text("This session is recorded.")
    expect(sara.locator("#announced")).to_be_in_viewport()
    picture(sara, "phone")
    take_down(made, by=event.luis, at=event.at)
    expect(sara.locator("#announced")).to_be_hidden()
    assert sara.broken == []


def test_a_changed_name_stands_beside_everything_at_once(event, room):
    said = event.say(event.karim, "hello")
    post_message(event.room, registration=event.sara, text="hi", comment_on=said, at=event.at)
    sara = room(event.sara, path="?answer=1")
    expect(sara.locator("[data-once]").first).to_contain_text("Karim")
    rename(
        event.karim, display_name="Karima", pronouns="she", by=event.karim.person_id, at=event.at
    )
    expect(sara.locator("#post-1 .by")).to_have_text("Karima she")
    expect(sara.locator("#post-2 a.to")).to_contain_text("Karima")
    assert "Karim\n" not in sara.locator("main").inner_text()
    assert not sara.get_by_text("Karim", exact=True).count()
    assert sara.broken == []


def test_nothing_is_asked_of_the_videos_host_before_somebody_presses(event, room, picture):
    event.say(event.karim, "Shall we watch?")
    sara = room(event.sara)
    asked = []

    def answer(route, request):
        asked.append(request.url)
        page = "<style>body{background:#223;color:#fff}</style>On air<script>"
        page += "document.body.append(' now'); new Image().src='https://tracker.example/x.png'; "
        page += "onclick = () => { location = 'https://elsewhere.example/' }</script>"
        route.fulfill(content_type="text/html", body=page)

    sara.context.route(re.compile("^https://"), answer)
    show_video(event.room, link=VIDEO, by=event.amara, at=event.at)
    expect(sara.locator("#video")).to_contain_text("video.example.org")
    link = sara.get_by_role("link", name="Watch the video").get_attribute("href")
    assert link.endswith(f"/r/{event.room.id}/video/video.example.org")
    sara.reload()
    expect(sara.locator("#video")).to_be_visible()
    picture(sara, "before")
    sara.goto(f"{sara.url}/video")
    expect(sara.locator("#video")).to_be_visible()
    assert asked == []
    sara.get_by_role("link", name="Watch the video").click()
    expect(sara.frame_locator(".stage iframe").locator("body")).to_contain_text("On air now")
    picture(sara, "watching")
    event.say(event.karim, "It runs.")
    expect(sara.locator("#posts")).to_contain_text("It runs.")
    expect(sara.locator("#newer")).to_be_hidden()
    # Where the video's page leads its frame, this page is not opened to.
    sara.frame_locator(".stage iframe").locator("body").dispatch_event("click")
    expect(sara.frame_locator(".stage iframe").locator("body")).to_contain_text("blocked")
    assert not [url for url in asked if "elsewhere" in url]
    flag = sara.locator(".stage-line").get_by_role("link", name="Flag this moment")
    assert flag.get_attribute("href").endswith(f"/r/{event.room.id}/flag")
    sara.get_by_role("link", name="Close the video").click()
    expect(sara.locator(".stage iframe")).to_have_count(0)


def test_a_slow_link_reads_on_with_little_and_answers_without_a_script(event, room):
    """Text alone, after a number: what came in is under 10 kB on the wire, whatever is around it."""
    said = event.say(event.karim, "hello")
    announce(event.room, text="We begin again at 14:30.", by=event.amara, at=event.at)
    for number in range(10):
        event.say(event.karim, f"The queue at station {number} has gone, and the count begins.")
    sara = room(event.sara, java_script_enabled=False)
    sizes = {}
    devtools = sara.context.new_cdp_session(sara)
    devtools.send("Network.enable")
    devtools.on(
        "Network.loadingFinished",
        lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}),
    )
    sara.goto(f"{sara.url}?after={said.number}")
    assert "station 9" in sara.locator("#posts").inner_text()
    assert sum(sizes.values()) < 10_000, sizes
    sara.locator("#post-2 a.thread").click()
    assert sara.locator(".post").count() == 1
    sara.locator("#text").fill("Thank you, without a script.")
    sara.get_by_role("button", name="Send").click()
    assert "thread=2" in sara.url
    assert "without a script" in sara.locator("#posts").inner_text()
