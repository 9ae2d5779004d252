"""Whoever tells us something, in a real browser whose scripts are off, and whoever reads it, at the desk.

Everything is done on the pages that people have. Only time is moved by hand.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import F
from playwright.sync_api import BrowserContext, Page, expect

from concord.cases.models import Case
from concord.convenings.models import Registration
from concord.monitoring.models import Flag
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.people.tests.team import code_now
from concord.reports.models import Question, Report, State
from concord.spaces.tests.conftest import inside  # noqa: F401
from tests.cast import PASSPHRASES, Cast, Desk, answers_arrive, stage
from tests.doors.conftest import Hosts

pytestmark = pytest.mark.browser

OLD_PHONE = {"viewport": {"width": 320, "height": 568}, "java_script_enabled": False}
MOST_BYTES = 20_000
BURMESE = "သူက ကျွန်မကို ခြိမ်းခြောက်တယ်။"
AWAY = "https://www.wikipedia.org/"


@pytest.fixture
def cast(hosts: Hosts) -> Cast:
    return stage()


@pytest.fixture
def phone(hosts: Hosts, seat: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """`phone(path)` opens a page on an old phone: a small screen, no scripts, nobody signed in."""

    def at(path: str) -> Page:
        page = seat(**OLD_PHONE).new_page()
        page.goto(hosts.public + path)
        return page

    return at


@pytest.fixture
def in_the_room(
    hosts: Hosts,
    seat: Callable[..., BrowserContext],
    cast: Cast,
    inside: Callable,  # noqa: F811
) -> Callable[[Registration], Page]:
    """`in_the_room(who)` is the same old phone in the hands of somebody who is in the hall."""

    def enter(who: Registration) -> Page:
        context = seat(**OLD_PHONE)
        for name, cookie in inside(who).cookies.items():
            where = {"domain": "localhost", "path": "/", "secure": True, "httpOnly": True}
            context.add_cookies([{"name": name, "value": cookie.value, **where}])
        page = context.new_page()
        page.goto(f"{hosts.public}/r/{cast.hall.id}")
        return page

    return enter


@pytest.fixture
def sign_in(hosts: Hosts, seat: Callable[..., BrowserContext]) -> Callable[[Desk], Page]:
    """`sign_in(desk)` takes a colleague through both steps of the real sign-in, up to the inbox."""

    def go(desk: Desk) -> Page:
        secret = generate_totp_secret()
        TOTP.activate(desk.login, secret)
        page = seat().new_page()
        page.goto(f"{hosts.desk}/in")
        page.fill("[name=login]", desk.login.handle)
        page.fill("[name=password]", PASSPHRASES[desk.login.handle])
        page.get_by_role("button", name="Sign in").click()
        page.fill("[name=code]", code_now(secret))
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{hosts.desk}/")
        return page

    return go


@contextmanager
def counted(page: Page) -> Iterator[list[float]]:
    """The bytes of each answer as they come over the wire, heads included."""
    wire, moved = page.context.new_cdp_session(page), list[float]()
    wire.on("Network.loadingFinished", lambda told: moved.append(told["encodedDataLength"]))
    wire.send("Network.enable")
    yield moved
    wire.detach()


def send(page: Page, text: str, **typed: str) -> str:
    """Type into the form and send it; the code that the answer shows."""
    page.fill("[name=text]", text)
    for name, words in typed.items():
        page.locator("details", has=page.locator(f"[name={name}]")).locator("summary").click()
        page.fill(f"[name={name}]", words)
    page.get_by_role("button", name="Send it").last.click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    return page.locator("output.code").inner_text()


def open_box(page: Page, code: str, path: str = "/report/box") -> Page:
    """Come back with a code, on the page that asks for it."""
    page.goto(re.sub(r"(//[^/]+)/.*", r"\1", page.url) + path)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Open").click()
    return page


def main(page: Page) -> str:
    return " ".join(page.locator("main").inner_text().split())


@pytest.mark.clauses(
    "P-DIGNITY-1",
    "I-COURAGE-1",
    "I-WHO-1",
    "I-SOON-1",
    "I-ANYWAY-1",
    "I-STAFF-1",
    "S-EVENTS-1",
    "P-EMBODY-1",
)
def test_a_bystander_on_an_old_phone_tells_it_from_the_room(
    cast: Cast, in_the_room, sign_in, picture
) -> None:
    page = in_the_room(cast.tomas)
    with counted(page) as moved:
        page.get_by_role("link", name="Report", exact=True).first.click()
        assert page.locator("[required]").count() == 0
        picture(page, "form")
        code = send(page, "He tells her to shut up. He did so yesterday too.")
    assert 0 < sum(moved) <= MOST_BYTES, moved
    told = main(page)
    for words in ("Amara", "Luis", "A person answers at the latest", "You need do nothing more"):
        assert words in told
    assert len(code) == 24
    assert "report" not in page.title().lower()
    assert code.replace(" ", "") not in page.url
    picture(page, "code")
    assert page.get_by_role("link", name="Someone to talk to").get_attribute("href") == "/help"

    amara = sign_in(cast.amara)
    report = Report.objects.get()
    amara.get_by_role("link", name=report.code).first.click()
    expect(amara.locator("main")).to_contain_text(
        "He tells her to shut up. He did so yesterday too."
    )

    page.get_by_role("link", name="Someone to talk to").click()
    assert page.locator("main details").count() > 0
    with page.expect_request(AWAY):
        page.get_by_role("link", name="Leave now").click(no_wait_after=True)
    assert page.context.cookies() == []


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1", "K-CONF-1")
def test_about_the_team_it_goes_outside_and_a_name_keeps_its_bearer_out(
    cast: Cast, phone, sign_in, caplog
) -> None:
    amara, luis = sign_in(cast.amara), sign_in(cast.luis)
    before = {desk: main(desk) for desk in (amara, luis)}
    page = phone("/report")
    page.get_by_text("Who must not read it").first.click()
    page.get_by_label("It is about someone on the team").check()
    with caplog.at_level(logging.DEBUG):
        send(page, "She laughed at me when I told her.")
    assert "Elena Ruiz, who is not on the team" in main(page)
    about_team = Report.objects.get()
    assert about_team.outside
    for desk in (amara, luis):
        desk.reload()
        assert main(desk) == before[desk]

    named = phone("/report")
    with caplog.at_level(logging.DEBUG):
        send(named, "It is about what AMARA said in the hall.")
    assert "Luis" in main(named)
    assert "Amara" not in main(named)
    amara.reload()
    assert main(amara) == before[amara]
    luis.reload()
    by_name = Report.objects.exclude(id=about_team.id).get()
    luis.get_by_role("link", name=by_name.code).first.click()
    expect(luis.locator("main")).to_contain_text("what AMARA said in the hall")
    amara.goto(luis.url)
    expect(amara.locator("h1")).not_to_contain_text(by_name.code)
    assert "AMARA said" not in amara.content()

    elena = open_box(phone("/report/box"), cast.outside_code)
    elena.get_by_role("button", name="I keep it to myself").click()
    elena.get_by_role("link", name=about_team.code).click()
    elena.get_by_text("Show what they wrote").click()
    assert "She laughed at me" in main(elena)
    for report in (about_team, by_name):
        assert not any(str(one) in caplog.text for one in (report.code, report.id))


@pytest.mark.clauses("P-CONTACT-1")
def test_a_question_is_answered_and_tells_the_asker_nothing_about_cases(
    cast: Cast, phone, sign_in
) -> None:
    page = phone("/policy")
    page.get_by_role("link", name="Ask us here").click()
    page.fill("[name=words]", "Are pseudonyms allowed?")
    page.get_by_role("button", name="Send it").click()
    code = page.locator("output.code").inner_text()
    noor = sign_in(cast.noor)
    noor.get_by_role("link", name=Question.objects.get().code).first.click()
    expect(noor.locator("main")).to_contain_text("Are pseudonyms allowed?")
    noor.fill("[name=answer]", "Yes. Choose any name you like.")
    noor.get_by_role("button", name="Send the answer").click()
    expect(noor.locator("main")).to_contain_text("Choose any name you like.")
    answered = main(open_box(page, code, "/ask/box"))
    assert "Choose any name you like." in answered
    assert "case" not in answered.lower().split()
    assert not Case.objects.exists()
    assert not Report.objects.exists()


@pytest.mark.clauses("I-ANYWAY-1", "I-SENSITIVE-1")
def test_whoever_writes_burmese_knows_before_sending_how_long_it_takes(
    cast: Cast, phone, sign_in
) -> None:
    page = phone("/report")
    assert "Languages read right now: English" in main(page)
    assert "Other languages take up to 24 hours" in main(page)
    assert not page.locator("[name=may_translate]").is_checked()
    send(page, BURMESE)
    report = Report.objects.get()
    amara = sign_in(cast.amara)
    amara.get_by_role("link", name=report.code).first.click()
    expect(amara.locator("main")).to_contain_text(BURMESE)
    expect(amara.locator("main")).to_contain_text("must not read it")


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1", "R-FLAG-1")
def test_what_nobody_answers_stands_in_red_until_a_person_says_why_not(
    cast: Cast, phone, in_the_room, sign_in, picture
) -> None:
    cast.say(cast.karim, "Nobody wants you here")
    sara = in_the_room(cast.sara)
    sara.locator(".post").get_by_role("link", name="Flag").click()
    sara.locator("main button.primary").click()
    page = phone("/report")
    code = send(page, "It happened again.")
    Report.objects.update(
        **{each: F(each) - timedelta(hours=1) for each in ("received_at", "answer_by")}
    )
    report, flag = Report.objects.get(), Flag.objects.get()
    for kind in periods():
        handler_of(kind)(Job(kind=kind), at=cast.later(hours=1))
    report.refresh_from_db()
    assert report.alarmed_at
    assert Flag.objects.get().alarmed_at

    amara = sign_in(cast.amara)
    for one in (report, flag):
        expect(amara.locator(".item").filter(has_text=one.code).locator(".late")).to_be_visible()
    picture(amara)
    amara.get_by_role("link", name=flag.code).first.click()
    amara.get_by_role("button", name="No action needed").click()
    expect(amara.locator("main")).to_contain_text("Nothing has been decided yet.")
    assert Flag.objects.get().credible is None
    with amara.expect_navigation():
        amara.evaluate("history.back()")
    amara.fill("[name=reason]", "They quote a book.")
    amara.get_by_role("button", name="No action needed").click()
    expect(amara.locator("main")).to_contain_text(
        "Noted. Whoever flagged it sees that a person has looked"
    )
    assert Flag.objects.get().judged_by == cast.amara.id

    amara.get_by_role("link", name=report.code).first.click()
    amara.fill("[name=answer]", "Thank you. We are looking at it now.")
    amara.get_by_role("button", name="Answer").click()
    answers_arrive()
    report.refresh_from_db()
    assert report.state == State.ACKNOWLEDGED
    assert "We are looking at it now." in main(open_box(page, code))
