from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from concord.letterbox import session
from concord.letterbox.issue import issue
from concord.letterbox.models import Reading
from concord.letterbox.purge import purge
from concord.letterbox.sweep import sweep
from concord.outbox.models import Job
from concord.vault.session import VaultMiddleware

pytestmark = pytest.mark.django_db
COOKIE = "__Host-letterbox"


class Browser:
    """Keeps cookies, and goes through the middleware that writes them."""

    def __init__(self):
        self.cookies = {}
        self.session = SessionStore()

    def visit(self, view):
        request = RequestFactory().get("/")
        request.session, request.COOKIES = self.session, dict(self.cookies)
        told = []

        def answer(request):
            told.append(view(request))
            return HttpResponse()

        self.response = VaultMiddleware(answer)(request)
        for name, morsel in self.response.cookies.items():
            if morsel.value:
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)
        return told[0]


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def issued(at):
    return issue(b"one form's nonce", purpose="report", at=at)


@pytest.fixture
def held(browser, issued, at):
    return browser.visit(lambda request: session.hold(request, issued[0].lower(), at=at))


def current(browser, at):
    return browser.visit(lambda request: session.current(request, at=at))


def test_a_typed_code_opens_its_box_for_twenty_minutes(browser, held, issued, at):
    code, box = issued
    assert held == (box, code.replace("-", ""))
    assert current(browser, at + timedelta(minutes=19)) == held
    assert current(browser, at + timedelta(minutes=20)) is None


def test_a_code_that_opens_nothing_leaves_nothing_behind(browser, at):
    told = browser.visit(lambda request: session.hold(request, "0000-0000", at=at))
    assert told is None
    assert browser.cookies == {}
    assert not Reading.objects.exists()


def test_the_cookie_lasts_as_long_and_goes_to_this_host_only(browser, held):
    morsel = browser.response.cookies[COOKIE]
    assert (morsel["max-age"], morsel["path"], morsel["domain"]) == (1200, "/", "")
    assert morsel["secure"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"


def test_the_sign_in_session_does_not_tell_that_a_code_was_typed(browser, held):
    assert dict(browser.session) == {}


def test_the_cookie_alone_opens_nothing(browser, held, at):
    Reading.objects.all().delete()
    assert current(browser, at) is None


def test_the_row_alone_opens_nothing_and_tells_no_box(browser, held, issued, at):
    code, box = issued
    browser.cookies.clear()
    assert current(browser, at) is None
    row = bytes(Reading.objects.get().sealed) + bytes(Reading.objects.get().locator)
    for secret in (box.id.bytes, bytes(box.locator), code.replace("-", "").encode()):
        assert secret not in row


def test_a_row_exchanged_for_anothers_opens_nothing(browser, held, at):
    other = Browser()
    code, _box = issue(b"another form's nonce", purpose="report", at=at)
    other.visit(lambda request: session.hold(request, code, at=at))
    hers, theirs = Reading.objects.all()
    Reading.objects.filter(locator=hers.locator).update(sealed=theirs.sealed)
    Reading.objects.filter(locator=theirs.locator).update(sealed=hers.sealed)
    assert current(browser, at) is None


def test_leaving_closes_the_box_at_once(browser, held, at):
    browser.visit(session.drop)
    assert browser.cookies == {}
    assert not Reading.objects.exists()
    assert current(browser, at) is None
    browser.visit(session.drop)


def test_another_code_closes_the_first_box(browser, held, at):
    code, box = issue(b"another form's nonce", purpose="review", at=at)
    browser.visit(lambda request: session.hold(request, code, at=at))
    assert current(browser, at).box == box
    assert Reading.objects.count() == 1


def test_a_purged_box_closes_in_every_browser(browser, held, issued, at):
    purge(issued[1], by=None, at=at)
    assert current(browser, at) is None


def test_readings_that_ended_are_swept_and_others_stay(browser, held, at):
    sweep(Job(kind="letterbox.sweep"), at=at + timedelta(minutes=19))
    assert Reading.objects.exists()
    sweep(Job(kind="letterbox.sweep"), at=at + timedelta(minutes=20))
    assert not Reading.objects.exists()
