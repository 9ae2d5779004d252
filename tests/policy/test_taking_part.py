"""Anyone may take part, under a name of their choice, without being listed anywhere."""

from __future__ import annotations

import re

import pytest

from concord.convenings.models import Registration
from concord.people.models import Login
from concord.people.tests.team import Mailbox
from tests.browsing import Browser, by_mail, forms_of, into
from tests.cast import Cast


@pytest.mark.clauses("P-OPEN-1")
def test_anyone_registers_with_a_name_of_their_choice_and_an_address(
    cast: Cast, mailbox: Mailbox
) -> None:
    browser = Browser().open("/e/votes").follow("Register")
    form = next(one for one in forms_of(browser.page) if one.button("Send me a link") is not None)
    assert set(form.fields) - {"csrfmiddlewaretoken"} == {
        "display_name",
        "pronouns",
        "organisation",
        "address",
    }
    browser.press("Send me a link", display_name="Nightingale", address="bird@example.net")
    assert browser.path == "/in/code", browser.words
    browser.press("Go in", code=mailbox.code())
    into(browser, cast.hall)
    assert browser.status == 200
    browser.press("Send", text="Hello from me")
    assert browser.sees("Hello from me")
    made = Registration.objects.get(display_name="Nightingale")
    assert made.pronouns == ""
    assert not made.person.affiliations.exists()


@pytest.mark.clauses("P-OPEN-1")
def test_the_answer_is_the_same_for_an_address_that_is_known(cast: Cast, mailbox: Mailbox) -> None:
    answers = []
    for address in ("karim.haddad@gmail.com", "nobody@example.net"):
        browser = Browser().open("/e/votes/register")
        browser.press("Send me a link", display_name="Somebody", address=address)
        answers.append((browser.path, browser.status, browser.words))
    assert answers[0] == answers[1]
    assert Login.objects.by_mailbox().count() == 3


@pytest.mark.clauses("P-RISK-1")
def test_nobody_can_list_who_attends_and_no_page_asks_another_host_for_anything(
    cast: Cast, mailbox: Mailbox
) -> None:
    cast.say(cast.karim, "I am here.")
    browser = by_mail("sara@example.org", mailbox)
    into(browser, cast.hall)
    assert browser.sees("I am here.")
    for path in ("/", "/e/votes", f"/r/{cast.hall.id}", "/policy", "/help", "/report"):
        page = browser.open(path)
        assert page.status == 200
        assert "Tomas" not in page.page
        assert not page.sees("example.org")
        assert not re.findall(r'<(?!a\b)[^>]*(?:src|href|action)="(?:https?:)?//', page.page)
        assert "default-src 'none'" in page.policy
        assert "http" not in page.policy
