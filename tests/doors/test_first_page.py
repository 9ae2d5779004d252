"""Whoever arrives sees a page, in a real browser, without JavaScript too."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_help_page_opens(hosts, page):
    answer = page.goto(f"{hosts.public}/help")
    assert answer is not None
    assert answer.status == 200
    assert page.title()


def test_the_help_page_opens_without_javascript(hosts, seat):
    opened = seat(java_script_enabled=False).new_page()
    answer = opened.goto(f"{hosts.public}/help")
    assert answer is not None
    assert answer.status == 200
    assert opened.locator("h1").count() == 1


def test_the_desk_asks_to_sign_in(hosts, page):
    page.goto(f"{hosts.desk}/")
    assert page.locator("form").count() >= 1
