"""A shift on a phone: signed in once, locked in a pocket, and two taps away from a second yes at three at night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import BrowserContext, Page, expect

from concord.people.passkeys import device_of
from concord.people.tests.team import code_now
from concord.vault import copies
from tests.cast import PASSPHRASES, Cast, Desk, stage
from tests.doors.conftest import Hosts
from tests.doors.phones import SMALL, Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(hosts: Hosts) -> Cast:
    return stage()


@pytest.fixture
def sign_in(hosts: Hosts) -> Callable[[Desk, Page], None]:
    """`sign_in(desk, page)`: passphrase and six digits, on the pages for it."""

    def go(desk: Desk, page: Page) -> None:
        secret = generate_totp_secret()
        TOTP.activate(desk.login, secret)
        page.goto(f"{hosts.desk}/in")
        page.fill("[name=login]", desk.login.handle)
        page.fill("[name=password]", PASSPHRASES[desk.login.handle])
        page.get_by_role("button", name="Sign in").click()
        page.fill("[name=code]", code_now(secret))
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{hosts.desk}/")

    return go


@pytest.fixture
def luis(hosts: Hosts, seat: Callable[..., BrowserContext], cast: Cast, sign_in: Callable) -> Phone:
    """Luis' phone: signed in for the shift, with a passkey that he made on its page."""
    phone = Phone(seat(**SMALL))
    sign_in(cast.luis, phone.page)
    make_passkey(phone, cast.luis, hosts)
    return phone


def make_passkey(phone: Phone, desk: Desk, hosts: Hosts) -> None:
    """On the page for it, which wants a fresh code first."""
    code = RecoveryCodes.activate(desk.login).get_unused_codes()[0]
    page = phone.page
    page.goto(f"{hosts.desk}/second/passkey")
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Go on").click()
    page.fill("[name=name]", "my phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page).to_have_url(f"{hosts.desk}/second")


def lock(phone: Phone) -> None:
    phone.page.get_by_role("button", name="Lock").click()
    expect(phone.page.locator("h1")).to_have_text("Locked")


def test_a_passkey_is_made_locked_with_and_opened_with(hosts, luis: Phone, cast: Cast, picture):
    held = Authenticator.objects.get(user=cast.luis.login, type="webauthn")
    assert copies.devices_of(cast.luis.id) == {device_of(held)}
    luis.page.goto(f"{hosts.desk}/second")
    expect(luis.page.locator("main")).to_contain_text("opens your locked desk")
    picture(luis.page, "ways")
    lock(luis)
    picture(luis.page, "locked")
    luis.tap(luis.page.get_by_role("button", name="Open with your passkey"))
    expect(luis.page).to_have_url(f"{hosts.desk}/second")
    assert luis.broken == []
