"""Whoever arrives sees a page, in a real browser, without JavaScript too."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

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


def test_staff_sign_in_at_the_desk(hosts, page):
    page.goto(hosts.desk + reverse("account_login", urlconf=settings.CONCORD_DESK_URLCONF))
    assert page.locator("input[type=password]").count() == 1
