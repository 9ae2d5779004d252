"""Signing in with the link or the code of a mail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.people.addresses import address_of
from concord.people.ask_sign_in import ask_sign_in
from concord.people.models import Login, Person
from concord.people.sign_in import (
    TRIES,
    AskedInAnotherBrowser,
    WayInHasEnded,
    WrongCode,
    sign_in,
)
from concord.people.signals import signed_in
from concord.people.tests.team import AT, Mailbox

pytestmark = pytest.mark.django_db

BROWSER = b"karim's browser"
SOON = AT + timedelta(minutes=1)


def ask(address="karim@example.org", *, browser=BROWSER, carries=None, at=AT):
    return ask_sign_in(address, browser=browser, carries=carries, language="en", at=at)


def link_of(mailbox: Mailbox) -> str:
    return mailbox.link().removeprefix("/in/")


def wrong(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_the_link_shows_that_the_mailbox_is_theirs(mailbox: Mailbox):
    ask()
    login = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    assert login.verified
    assert address_of(login) == "karim@example.org"
    assert b"karim" not in bytes(login.address_sealed or b"")


def test_so_does_the_code(mailbox: Mailbox):
    ask()
    assert sign_in(mailbox.code(), browser=BROWSER, at=SOON).verified


@pytest.mark.parametrize(
    "script", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]
)
def test_digits_of_any_script_are_read(mailbox: Mailbox, script):
    ask()
    typed = mailbox.code().translate(str.maketrans("0123456789", script))
    assert sign_in(f"  {typed}-", browser=BROWSER, at=SOON).verified


def test_the_same_mailbox_is_the_same_login(mailbox: Mailbox):
    ask()
    first = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    ask("KARIM@Example.org ")
    assert sign_in(link_of(mailbox), browser=BROWSER, at=SOON) == first
    assert Person.objects.count() == 1


def test_an_alias_is_another_login_of_which_the_mailbox_is_known(mailbox: Mailbox):
    ask("karim@gmail.com")
    first = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    ask("k.arim+again@googlemail.com")
    second = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    assert first.person_id != second.person_id
    assert bytes(first.canonical_token or b"") == bytes(second.canonical_token or b"") != b""


def test_a_mailbox_that_several_share_recognises_nobody(mailbox: Mailbox):
    ask("office@example.org")
    assert sign_in(link_of(mailbox), browser=BROWSER, at=SOON).canonical_token is None


def test_a_login_of_somebody_of_the_team_is_the_same_human(mailbox: Mailbox, team):
    ask("amara@example.org")
    login = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    Login.objects.filter(id=login.id).update(person=team.amara.person)
    ask("amara@example.org")
    assert sign_in(link_of(mailbox), browser=BROWSER, at=SOON).person == team.amara.person


def test_what_the_ask_carried_comes_back(mailbox: Mailbox):
    ask(carries={"next": "/r/1", "display_name": "كريم"})
    login = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    assert login.carried == {"next": "/r/1", "display_name": "كريم"}


def test_signing_in_is_announced_inside_the_transaction(mailbox: Mailbox):
    heard, before = [], Login.objects.count()

    def hear(sender, login, at, **kwargs):
        heard.append((login.verified, at))
        raise RuntimeError

    ask()
    signed_in.connect(hear)
    try:
        with pytest.raises(RuntimeError):
            sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    finally:
        signed_in.disconnect(hear)
    assert heard == [(True, SOON)]
    assert Login.objects.count() == before


def test_a_link_serves_once(mailbox: Mailbox):
    ask()
    link = link_of(mailbox)
    sign_in(link, browser=BROWSER, at=SOON)
    with pytest.raises(WayInHasEnded):
        sign_in(link, browser=BROWSER, at=SOON)


def test_link_and_code_die_together(mailbox: Mailbox):
    ask()
    link, code = link_of(mailbox), mailbox.code()
    sign_in(link, browser=BROWSER, at=SOON)
    with pytest.raises(WayInHasEnded):
        sign_in(code, browser=BROWSER, at=SOON)


@pytest.mark.parametrize("way", ["link", "code"])
def test_both_last_ten_minutes(mailbox: Mailbox, way):
    ask()
    given = link_of(mailbox) if way == "link" else mailbox.code()
    with pytest.raises(WayInHasEnded):
        sign_in(given, browser=BROWSER, at=AT + timedelta(minutes=10))


def test_a_link_serves_only_the_browser_that_asked(mailbox: Mailbox):
    ask()
    with pytest.raises(AskedInAnotherBrowser):
        sign_in(link_of(mailbox), browser=b"somebody else's", at=SOON)
    assert sign_in(link_of(mailbox), browser=BROWSER, at=SOON)


def test_a_code_serves_only_the_browser_that_asked(mailbox: Mailbox):
    ask()
    with pytest.raises(WayInHasEnded):
        sign_in(mailbox.code(), browser=b"somebody else's", at=SOON)


def test_five_wrong_codes_end_the_code_and_the_link(mailbox: Mailbox):
    ask()
    code, link = mailbox.code(), link_of(mailbox)
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            sign_in(wrong(code), browser=BROWSER, at=SOON)
    for given in (code, link):
        with pytest.raises(WayInHasEnded):
            sign_in(given, browser=BROWSER, at=SOON)


def test_only_the_newest_code_counts(mailbox: Mailbox):
    ask()
    older = mailbox.code()
    ask(at=SOON)
    if mailbox.code() != older:
        with pytest.raises(WrongCode):
            sign_in(older, browser=BROWSER, at=SOON)


@pytest.mark.parametrize(
    "given", ["", "12345", "1234567", "abcdef", "x" * 5_000, "\u202e123", "²³¹⁴⁵⁶"]
)
def test_anything_else_opens_nothing(mailbox: Mailbox, given):
    ask()
    with pytest.raises(WayInHasEnded):
        sign_in(given, browser=BROWSER, at=SOON)


def test_a_login_that_was_closed_stays_closed(mailbox: Mailbox):
    ask()
    login = sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    Login.objects.filter(id=login.id).update(is_active=False)
    ask(at=SOON)
    with pytest.raises(WayInHasEnded):
        sign_in(link_of(mailbox), browser=BROWSER, at=SOON)


def test_the_ledger_keeps_no_list_of_who_attends(mailbox: Mailbox):
    before = Entry.objects.count()
    ask()
    sign_in(link_of(mailbox), browser=BROWSER, at=SOON)
    assert Entry.objects.count() == before
