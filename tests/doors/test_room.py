"""A room in real browsers: live with a script, and whole without one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from concord.spaces.pull_brake import pull_brake
from concord.spaces.remove_post import remove_post
from concord.spaces.tests.conftest import inside, set_up, vault_file, warrant_for  # noqa: F401

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
    expect(karim.locator(".post.own")).to_have_count(2)
    expect(sara.locator(".post.own")).to_have_count(0)
    expect(sara.locator(".post")).to_have_count(2)
    sara.locator("#post-1").get_by_role("link", name="Reply").click()
    sara.locator("#text").fill("Thank you")
    sara.get_by_role("button", name="Send").click()
    expect(karim.locator("#post-3 a.to")).to_contain_text("Karim")
    picture(sara)
    assert karim.broken == sara.broken == []


def test_a_removed_post_goes_from_an_open_screen(event, room, warrant_for, vault_file):  # noqa: F811
    post = event.say(event.karim, "a cruel thing")
    sara = room(event.sara)
    expect(sara.locator("#posts")).to_contain_text("a cruel thing")
    remove_post(post, warrant=warrant_for(post), file=vault_file.id, at=event.at)
    expect(sara.locator("#post-1")).to_have_text("A message was removed.")


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
    for link in sara.locator(".room-head a").all():
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
