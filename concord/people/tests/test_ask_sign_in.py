"""Asking for a way in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.people.ask_sign_in import CODES_AN_HOUR, MAILS_AN_HOUR, ask_sign_in, sweep_asks
from concord.people.models import SignInAsk
from concord.people.tests.team import AT, Mailbox

pytestmark = pytest.mark.django_db


def ask(address="karim@example.org", *, at=AT, browser=b"karim's browser", language="en"):
    return ask_sign_in(address, browser=browser, carries=None, language=language, at=at)


def test_a_link_and_a_code_are_mailed(mailbox: Mailbox):
    ask()
    letter = mailbox.arrive()
    assert letter["to"] == "karim@example.org"
    assert mailbox.link().startswith("/in/")
    assert len(mailbox.code()) == 7


def test_the_row_holds_no_address_link_or_code(mailbox: Mailbox):
    ask()
    row = SignInAsk.objects.values().get()
    held = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
    for secret in ("karim", mailbox.link().removeprefix("/in/"), mailbox.code().replace(" ", "")):
        assert secret.encode() not in held


def test_asking_leaves_no_entry_that_would_tell_who_attends():
    ask()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "karim", "karim@", "a@b@c", "karim@example.org\nBcc: x@y.org", "\x00@x.y"]
)
def test_what_is_no_address_is_not_mailed(typed):
    with pytest.raises(ValueError, match="address"):
        ask(typed)
    assert not Letter.objects.exists()


def test_an_unknown_language_is_answered_in_the_house_s_own(mailbox: Mailbox):
    ask(language="tlh")
    assert mailbox.arrive()["language"] == "en"


def test_many_asks_bring_links_without_codes_so_that_six_digits_are_never_guessed(mailbox: Mailbox):
    asks = [ask() for _ in range(CODES_AN_HOUR + 1)]
    assert asks[-2].code_digest is not None
    assert asks[-1].code_digest is None
    assert mailbox.link()
    assert ask(at=AT + timedelta(hours=1, minutes=1)).code_digest is not None


def test_nobody_s_mailbox_is_flooded_from_here():
    for _ in range(MAILS_AN_HOUR + 3):
        ask()
    assert Letter.objects.count() == MAILS_AN_HOUR
    assert SignInAsk.objects.count() == MAILS_AN_HOUR + 3


def test_who_asked_is_forgotten_after_a_day():
    ask()
    ask(at=AT + timedelta(hours=2))
    sweep_asks(Job(kind="people.sweep_asks"), at=AT + timedelta(hours=25))
    assert SignInAsk.objects.count() == 1
