"""What lies open in a browser goes from it when its reader has no part in it any more (workflow 4.4)."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from concord.cases.add_party import add_party
from concord.concurrence.say_on_it import say_on_it
from concord.desk import news
from concord.live import relay
from concord.live.end_streams import end_streams
from concord.monitoring import desk_stream, raise_flag
from concord.monitoring.flag_post import flag_post
from concord.people.declare_tie import declare_tie
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, opened, proposed, stage
from tests.doors.breaking_off import SPREAD, returns_after
from tests.doors.looking_away import look_away
from tests.doors.places import House

pytestmark = pytest.mark.browser


@pytest.mark.clauses("K-CONF-1")
def test_an_open_case_goes_when_its_reader_is_named_in_it_and_so_does_its_flag(
    hosts, page: Page
) -> None:
    cast = stage()
    case = case_about_karim(cast)
    flag, proposal = case.sources.get().flag, proposed(cast, case)
    sits_down(page, cast.luis, cast)
    with page.expect_response("**/live/**"):
        page.goto(f"{hosts.desk}/cases/{case.id}")
    expect(page.locator("h1")).to_contain_text(case.code)
    assert returns_after(page) == SPREAD
    beside = page.context.new_page()
    beside.goto(f"{hosts.desk}/flags/{flag.id}")
    asked = page.context.new_page()
    asked.goto(f"{hosts.desk}/proposals/{proposal.id}")
    expect(asked.locator(".proposal")).to_contain_text("Karim")
    page.bring_to_front()
    add_party(
        case,
        role="respondent",
        name="Luis",
        person_id=cast.luis.id,
        by=cast.amara.staff,
        at=cast.later(seconds=1),
    )
    for each in (page, beside, asked):
        expect(each.locator("body")).not_to_contain_text(case.code)
        expect(each.locator("body")).not_to_contain_text(flag.code)
        expect(each.locator("body")).not_to_contain_text("Karim")


def sits_down(page: Page, desk: Desk, cast: Cast) -> None:
    browser = at_the_desk(desk)
    kept = {name: one.value for name, one in browser.client.cookies.items()}
    House(cast, {}, {desk.login.handle: kept}).become(page.context, desk.login.handle, desk=True)


def flagged_by_sara(cast: Cast, text: str):
    post = cast.say(cast.tomas, text)
    return flag_post(post, words="Look.", by=cast.sara.person_id, by_staff=False, at=cast.at)


ASKS = """() => new Promise((tell) => {
    const before = document.getElementById("unwatched");
    const done = ({ detail }) => {
        if (detail.target.id !== "watch-rooms") return;
        document.body.removeEventListener("htmx:afterSettle", done);
        tell(document.getElementById("unwatched") === before);
    };
    document.body.addEventListener("htmx:afterSettle", done);
    htmx.trigger(document.body, "live:unwatched");
})"""
"""The page asks for its rooms again; whether what stands above them stayed where it was."""


@pytest.mark.clauses("K-CONF-1")
def test_the_watch_and_a_proposal_live_on_while_words_are_lost_and_go_with_their_reader(
    hosts, page: Page, seat, monkeypatch, picture
) -> None:
    """Of a word that was lost on the way from another process nothing comes but that somebody should look."""
    cast = stage()
    proposal = proposed(cast)
    first = flagged_by_sara(cast, "an unwelcome word")
    sits_down(page, cast.noor, cast)
    page.goto(f"{hosts.desk}/watch")
    amara = seat().new_page()
    sits_down(amara, cast.amara, cast)
    amara.goto(f"{hosts.desk}/proposals/{proposal.id}")
    item = page.locator(f"#flag-{first.id}")
    item.get_by_text("Show what was written").click()
    item.locator("[name=reason]").fill("I would rather first")
    expect(item).to_contain_text("an unwelcome word")

    amara.evaluate("document.getElementById('proposal').dataset.same = 'yes'")
    with amara.expect_response("**/changed?*") as told:
        listen_again()
    assert told.value.status == 204
    with amara.expect_response("**/live/**"):  # another desk of hers is ended, and not this one
        end_streams(cast.amara.id)
    assert amara.evaluate("document.getElementById('proposal').dataset.same") == "yes"

    monkeypatch.setattr(raise_flag, "tell_desks", lambda *said: None)
    monkeypatch.setattr(news, "tell_desks", lambda *said: None)
    second = flagged_by_sara(cast, "another word")
    listen_again()
    expect(page.locator("#watch-flags [data-newer]")).to_have_text("1 new")
    expect(page.get_by_role("status").filter(has_text="New for a first look: 1")).to_have_count(1)
    expect(item.locator("[name=reason]")).to_have_value("I would rather first")
    page.locator("#watch-flags [data-newer]").click()
    expect(page.locator(f"#flag-{second.id}")).to_be_visible()
    say_on_it(opened(proposal.version, cast.luis, cast.at), by=cast.luis.staff, at=cast.at)
    listen_again()
    expect(amara.locator("#proposal")).to_contain_text("is on it, since")

    monkeypatch.setattr(relay.line, "broken_since", 1.0)
    assert page.evaluate(ASKS) is False, "that news are late is said"
    assert page.evaluate(ASKS) is True, "and not read aloud again while nothing changed"

    item.locator("[name=reason]").fill("I would rather first")
    declare_tie(cast.noor.staff, person=cast.tomas.person, at=cast.at)
    for each in (first, second):
        expect(page.locator(f"#flag-{each.id}")).to_have_count(0)
    picture(page, "gone")

    look_away(amara)
    Session.objects.all().delete()
    look_away(amara, False)
    expect(amara.locator("body")).not_to_contain_text(proposal.code)
    expect(amara.get_by_role("button", name="Sign in")).to_be_visible()


def listen_again() -> None:
    """What every process does while it cannot be sure that it heard everything."""
    desk_stream._looked_at = 0.0
    desk_stream.look_again()
