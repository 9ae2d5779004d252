import base64
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from concord.vault import files, session

COOKIE = "__Host-vault"


class Browser:
    """Keeps cookies and one session, and goes through the real middleware."""

    def __init__(self):
        self.cookies = {}
        self.session = SessionStore()

    def visit(self, view=lambda request: None):
        request = RequestFactory().get("/")
        request.session = self.session
        request.COOKIES = dict(self.cookies)
        told = {}

        def answer(request):
            told["keyring"] = request.keyring
            told["given"] = view(request)
            told["after"] = request.keyring
            return HttpResponse()

        self.response = session.VaultMiddleware(answer)(request)
        for name, morsel in self.response.cookies.items():
            if morsel.value:
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)
        return told


@pytest.fixture
def browser(db):
    return Browser()


def signed_in(browser, keyring, at):
    browser.visit(lambda request: session.hold(request, keyring, pending=True, at=at))
    return browser.visit(lambda request: session.confirm(request, at=at + timedelta(minutes=1)))


def test_an_open_keyring_is_there_on_the_next_request(browser, noor, at):
    assert signed_in(browser, noor, at)["after"].holder == noor.holder
    told = browser.visit()
    assert told["keyring"].holder == noor.holder
    assert told["keyring"].sign(b"x") == noor.sign(b"x")


def test_a_visitor_has_none(browser):
    assert browser.visit()["keyring"] is None
    assert COOKIE not in browser.response.cookies


def test_a_pending_keyring_serves_nobody(browser, noor, at):
    told = browser.visit(lambda request: session.hold(request, noor, pending=True, at=at))
    assert told["after"] is None
    assert browser.visit()["keyring"] is None


def test_a_pending_keyring_is_gone_after_five_minutes(browser, noor, at):
    browser.visit(lambda request: session.hold(request, noor, pending=True, at=at))
    late = at + timedelta(minutes=5, seconds=1)
    assert browser.visit(lambda request: session.confirm(request, at=late))["given"] is None
    assert browser.visit(lambda request: session.confirm(request, at=at))["given"] is None
    assert browser.cookies == {}


def test_a_sign_in_without_a_second_step_may_confirm_in_the_same_request(browser, noor, at):
    def at_once(request):
        session.hold(request, noor, pending=True, at=at)
        return session.confirm(request, at=at)

    assert browser.visit(at_once)["after"].holder == noor.holder
    assert browser.visit()["keyring"].holder == noor.holder


def test_confirming_changes_the_key_in_the_browser(browser, noor, at):
    browser.visit(lambda request: session.hold(request, noor, pending=True, at=at))
    before = browser.cookies[COOKIE]
    browser.visit(lambda request: session.confirm(request, at=at))
    assert browser.cookies[COOKIE] != before


def test_the_cookie_is_for_this_host_and_no_script(browser, noor, at):
    signed_in(browser, noor, at)
    browser.visit(lambda request: session.hold(request, noor, pending=False))
    morsel = browser.response.cookies[COOKIE]
    assert morsel["secure"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    assert (morsel["path"], morsel["domain"], morsel["max-age"]) == ("/", "", "")


def test_the_cookie_alone_opens_nothing(browser, noor, at):
    signed_in(browser, noor, at)
    browser.session = SessionStore()
    assert browser.visit()["keyring"] is None


def test_the_session_row_alone_opens_nothing(browser, noor, at):
    signed_in(browser, noor, at)
    browser.cookies.clear()
    assert browser.visit()["keyring"] is None


@pytest.mark.parametrize(
    "cookie", ["", "x", "é", "A" * 44, base64.urlsafe_b64encode(bytes(32)).decode()]
)
def test_a_cookie_that_is_not_the_key_opens_nothing(browser, noor, at, cookie):
    signed_in(browser, noor, at)
    browser.cookies[COOKIE] = cookie
    assert browser.visit()["keyring"] is None


def test_a_session_row_changed_in_the_database_opens_nothing(browser, noor, sam, at):
    browser.visit(lambda request: session.hold(request, noor, pending=True, at=at))
    browser.session[session.SLOT]["pending"] = False
    assert browser.visit()["keyring"] is None
    browser.session[session.SLOT] |= {"pending": True, "holder": sam.holder.hex}
    assert browser.visit(lambda request: session.confirm(request, at=at))["given"] is None


def test_leaving_closes_the_keyring_and_takes_the_cookie(browser, noor, at):
    signed_in(browser, noor, at)
    assert browser.visit(session.drop)["after"] is None
    assert browser.cookies == {}
    assert session.SLOT not in browser.session
    assert browser.visit(session.drop)["after"] is None


def test_owed_grants_are_made_at_a_holders_next_request(browser, noor, kim, at):
    file = files.open_file(readers=[noor.holder], at=at).id
    files.owe(file, to=kim.holder, at=at)
    browser.visit()
    assert not files.may_open(file, kim.holder)
    signed_in(browser, noor, at)
    browser.visit()
    assert files.may_open(file, kim.holder)
