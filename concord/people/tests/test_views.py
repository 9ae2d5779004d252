"""The pages of the participants' way in."""

from __future__ import annotations

import pytest
from django.test import Client

from concord.letters.models import Letter
from concord.people.models import Login
from concord.people.tests.team import PUBLIC, Mailbox, sign_in_by_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST=PUBLIC)


def ask(browser: Client, address="karim@example.org", **more):
    return browser.post("/in", {"address": address, **more})


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_the_code_of_the_mail_signs_in(mailbox: Mailbox):
    assert is_in(sign_in_by_mail("karim@example.org", mailbox))


def test_looking_at_a_link_does_nothing_and_pressing_the_button_signs_in(
    browser: Client, mailbox: Mailbox
):
    ask(browser)
    link = mailbox.link()
    for _ in range(3):
        assert "Go in" in browser.get(link).content.decode()
    assert Client(HTTP_HOST=PUBLIC).head(link).status_code == 200
    assert not Login.objects.exists()
    browser.post(link)
    assert is_in(browser)


def test_a_known_and_an_unknown_address_are_answered_alike(browser: Client, mailbox: Mailbox):
    sign_in_by_mail("known@example.org", mailbox)
    known, unknown = ask(browser, "known@example.org"), ask(browser, "unknown@example.org")
    assert (known.status_code, known.content, known.headers["Location"]) == (
        unknown.status_code,
        unknown.content,
        unknown.headers["Location"],
    )
    assert Letter.objects.filter(sent_at__isnull=True).count() == 2


@pytest.mark.parametrize(
    "typed", ["karim", "<script>alert(1)</script>", "\u202ekarim", "x" * 1_000_000]
)
def test_what_is_no_address_comes_back_with_what_was_typed(browser: Client, typed):
    answer = ask(browser, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "does not look like an e-mail address" in page or "at most 254" in page
    assert "<script>alert" not in page
    assert not Letter.objects.exists()


def test_bytes_that_are_no_text_are_answered_kindly(browser: Client):
    answer = browser.generic(
        "POST",
        "/in",
        b"address=%ff%fe@example.org",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert not Letter.objects.exists()


def test_a_wrong_code_is_told_and_kept(browser: Client, mailbox: Mailbox):
    ask(browser)
    wrong = f"{(int(mailbox.code().replace(' ', '')) + 1) % 10**6:06}"
    page = browser.post("/in/code", {"code": wrong}).content.decode()
    assert "not the six digits" in page
    assert wrong in page
    assert not is_in(browser)


@pytest.mark.parametrize("link", ["/in/" + "A" * 32, "/in/" + "_" * 32])
def test_a_link_that_never_was_says_how_to_get_a_new_one(browser: Client, link):
    answer = browser.post(link)
    assert answer.status_code == 409
    assert "ask for a new one" in answer.content.decode()


@pytest.mark.parametrize("link", ["/in/" + "A" * 31, "/in/" + "A" * 5_000, "/in/<script>"])
def test_what_has_no_shape_of_a_link_is_not_there(browser: Client, link):
    assert browser.get(link).status_code == 404


def test_a_used_link_says_so(browser: Client, mailbox: Mailbox):
    ask(browser)
    link = mailbox.link()
    browser.post(link)
    assert browser.post(link).status_code == 409


def test_a_link_opened_elsewhere_says_where_it_works(browser: Client, mailbox: Mailbox):
    ask(browser)
    other = Client(HTTP_HOST=PUBLIC)
    answer = other.post(mailbox.link())
    assert answer.status_code == 409
    assert "browser where you asked" in answer.content.decode()
    assert not is_in(other)


def test_sign_in_leads_back_to_what_was_asked_for(browser: Client, mailbox: Mailbox):
    ask(browser, next="/e/forum?x=1")
    assert browser.post(mailbox.link()).headers["Location"] == "/e/forum?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "e/forum",
        "/" * 400,
    ],
)
def test_and_never_to_another_host(browser: Client, mailbox: Mailbox, elsewhere):
    ask(browser, next=elsewhere)
    assert browser.post(mailbox.link()).headers["Location"] == "/"


def test_a_session_is_new_after_signing_in(browser: Client, mailbox: Mailbox):
    browser.session.save()
    before = browser.cookies["__Host-session"].value if "__Host-session" in browser.cookies else ""
    ask(browser)
    browser.post(mailbox.link())
    assert browser.cookies["__Host-session"].value != before


def test_signing_out(mailbox: Mailbox):
    browser = sign_in_by_mail("karim@example.org", mailbox)
    browser.post("/out")
    assert not is_in(browser)
    assert browser.get("/out").status_code == 405


def test_every_page_is_whole_without_script_and_in_every_language(browser: Client):
    for language in ("en", "fr", "es", "ar", "tlh", "xx-$$"):
        for path in ("/in", "/in/code", "/in/" + "A" * 32):
            answer = browser.get(path, HTTP_ACCEPT_LANGUAGE=language)
            assert answer.status_code == 200
            assert b"<form" in answer.content
    assert 'dir="rtl"' in browser.get("/in", HTTP_ACCEPT_LANGUAGE="ar").content.decode()
