"""A shift on a phone: signed in once, locked in a pocket, and two taps away from a second yes at three at night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from concord.actions.audit import audit
from concord.cases.models import Case
from concord.concurrence.models import Concurrence, Execution, Proposal
from concord.ledger.models import Entry
from concord.monitoring.count_opening import opened_by
from concord.monitoring.models import Flag, Unwatched
from concord.people.models import Draft
from concord.people.passkeys import device_of
from concord.people.tests.team import code_now
from concord.spaces.tests.conftest import inside  # noqa: F401
from concord.vault import copies
from tests.browsing import at_the_desk
from tests.cast import PASSPHRASES, Cast, Desk, flagged, proposed, stage
from tests.doors.conftest import Hosts
from tests.doors.looking_away import look_away
from tests.doors.phones import SMALL, Phone

pytestmark = pytest.mark.browser
CRUEL = "Sara, go and hurt yourself, nobody wants you here"


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


MAIL = "https://mail.example/inbox"


def notice(phone: Phone, hosts: Hosts) -> None:
    """A notice lies on the locked phone: a mail on the pages of a stranger, with the link that every notice has."""

    def letter(route: Route) -> None:
        body = f'<p>Please look at your desk.</p><a href="{hosts.desk}/look">Desk</a>'
        route.fulfill(content_type="text/html", body=f"<!doctype html><title>Mail</title>{body}")

    phone.page.route(MAIL, letter)
    phone.page.goto(MAIL)
    phone.taps.clear()


def test_from_the_notice_on_a_locked_phone_to_a_second_yes_in_two_taps(
    hosts: Hosts, luis: Phone, cast: Cast, picture
):
    lock(luis)
    proposal = proposed(cast)
    notice(luis, hosts)
    luis.tap(luis.page.get_by_role("link", name="Desk"))
    expect(luis.page).to_have_url(f"{hosts.desk}/proposals/{proposal.id}")
    expect(luis.page.locator(".proposal .asks")).to_be_visible()
    picture(luis.page, "asked")
    luis.tap(luis.page.get_by_role("button", name="I agree"))
    expect(luis.page.locator(".proposal")).to_contain_text("Amara and Luis agree")
    assert luis.taps == ["Desk", "I agree"]
    assert luis.broken == []


def test_without_the_owners_finger_a_stolen_phone_opens_nothing(
    hosts: Hosts, luis: Phone, cast: Cast
):
    lock(luis)
    proposal = proposed(cast)
    luis.finger(is_there=False)
    notice(luis, hosts)
    luis.tap(luis.page.get_by_role("link", name="Desk"))
    expect(luis.page.locator("#passkey-failed")).to_be_visible()
    assert proposal.code not in luis.page.content()
    luis.page.goto(f"{hosts.desk}/proposals/{proposal.id}")
    expect(luis.page.locator("h1")).to_have_text("Locked")


def test_a_notice_that_came_too_late_says_so(hosts: Hosts, luis: Phone, cast: Cast):
    cast.convening.state = "ended"
    cast.convening.save()
    Unwatched.objects.all().delete()  # that nobody watches a room is something that waits
    notice(luis, hosts)
    luis.tap(luis.page.get_by_role("link", name="Desk"))
    expect(luis.page.locator("main")).to_contain_text("Nothing waits for you any more")


def test_without_scripts_the_notice_leads_to_the_passphrase_and_on(
    hosts: Hosts, seat, cast: Cast, picture
):
    proposal = proposed(cast)
    browser = at_the_desk(cast.luis)
    browser.press("Lock")
    context = seat(**{**SMALL, "java_script_enabled": False})
    for name, cookie in browser.client.cookies.items():
        where = {"domain": "desk.localhost", "path": "/", "secure": True, "httpOnly": True}
        context.add_cookies([{"name": name, "value": cookie.value, "sameSite": "Strict", **where}])
    page = context.new_page()
    page.route(
        MAIL,
        lambda route: route.fulfill(
            content_type="text/html", body=f'<a href="{hosts.desk}/look">Desk</a>'
        ),
    )
    page.goto(MAIL)
    page.get_by_role("link", name="Desk").tap()
    expect(page.locator("h1")).to_have_text("Locked")
    picture(page)
    page.fill("[name=passphrase]", PASSPHRASES["luis"])
    page.get_by_role("button", name="Open it").tap()
    expect(page).to_have_url(f"{hosts.desk}/proposals/{proposal.id}")
    assert opened_by(cast.luis.staff, at=timezone.now()) == 0
    with page.expect_response("**/on-shift/covers/*"):
        page.get_by_text("Show what was written").tap()
    assert opened_by(cast.luis.staff, at=timezone.now()) == 1
    flagged(cast)
    page.goto(f"{hosts.desk}/watch")
    reason = page.locator(".flag [name=reason]").first
    expect(reason).to_be_hidden()  # for the page loads again, and would take away what is typed
    page.get_by_role("link", name="Let it stand still").tap()
    expect(reason).to_be_visible()


def test_a_link_that_somebody_passes_on_shows_nothing_to_the_wrong_person(
    hosts: Hosts, seat, cast: Cast, sign_in
):
    proposal = proposed(cast)
    page = seat(**SMALL).new_page()
    sign_in(cast.ravi, page)
    path = f"{hosts.desk}/proposals/{proposal.id}"
    page.route(
        MAIL,
        lambda route: route.fulfill(content_type="text/html", body=f'<a href="{path}">See</a>'),
    )
    page.goto(MAIL)
    page.get_by_role("link", name="See").tap()
    expect(page).to_have_url(path)
    expect(page.locator("h1")).to_have_text("There is nothing here")
    theirs = page.locator("main").inner_html()
    page.goto(f"{hosts.desk}/proposals/{cast.hall.id}")
    assert page.locator("main").inner_html() == theirs


def test_a_desk_that_nobody_touches_locks_itself_and_keeps_what_was_typed(
    hosts: Hosts, luis: Phone, cast: Cast, picture
):
    proposal = proposed(cast)
    page = luis.page
    page.clock.install()
    page.goto(f"{hosts.desk}/proposals/{proposal.id}")
    page.get_by_role("link", name="No, because").tap()
    page.fill("[name=reason]", "I would rather first ask her whether")
    page.clock.fast_forward("05:00")
    expect(page.locator("[name=reason]")).to_be_visible()
    page.clock.fast_forward("06:00")
    expect(page.locator("h1")).to_have_text("Locked")
    assert "ask her" not in page.content()
    assert proposal.code not in page.content()
    held = Session.objects.get(pk=luis.session_key()).get_decoded()
    assert "sealed" not in held["vault"]
    assert Draft.objects.get().was_sent is False
    luis.tap(page.get_by_role("button", name="Open with your passkey"))
    expect(page).to_have_url(f"{hosts.desk}/proposals/{proposal.id}/decline")
    expect(page.locator("[name=reason]")).to_have_value("I would rather first ask her whether")
    assert not Draft.objects.exists()
    assert luis.broken == []


def test_all_tabs_of_a_desk_lock_together(hosts: Hosts, luis: Phone, cast: Cast):
    proposal = proposed(cast)
    other = luis.context.new_page()
    other.goto(f"{hosts.desk}/proposals/{proposal.id}")
    expect(other.locator("main")).to_contain_text("Proposed by Amara")
    lock(luis)
    expect(other.locator("h1")).to_have_text("Locked")
    with other.expect_navigation():
        other.evaluate("history.back()")
    expect(other.locator("main")).not_to_contain_text("Proposed by Amara")


@pytest.mark.clauses(
    "R-FLAG-1", "R-COORD-1", "R-CONCUR-1", "R-ACT-1", "R-ACT-REVOKE", "R-ACT-DELETE",
    "V-THREAT-1", "A-REVOKE-1", "A-GROUND-2", "A-THOUGHT-1", "R-BOTH-1", "R-MONITOR-1",
)  # fmt: skip
def test_a_threat_in_a_live_chat_ends_from_a_locked_phone(
    hosts: Hosts,
    seat,
    cast: Cast,
    luis: Phone,
    sign_in,
    inside,  # noqa: F811
    picture,
):
    lock(luis)
    sara, karim = (
        in_the_hall(hosts, seat(**options), inside(who), cast)
        for who, options in ((cast.sara, SMALL), (cast.karim, {}))
    )
    karim.locator("#text").fill(CRUEL)
    karim.locator("#text").press("Enter")
    theirs = sara.locator("li.post", has_text="hurt yourself")
    expect(theirs).to_be_visible()

    noor = seat().new_page()
    sign_in(cast.noor, noor)
    noor.goto(f"{hosts.desk}/watch?room={cast.hall.id}")
    noor.locator(".feed li", has_text="hurt yourself").get_by_role("button", name="Flag").click()
    expect(noor.locator("main")).to_contain_text("Flag ")
    flag = Flag.objects.get()
    noor.goto(f"{hosts.desk}/watch?room={cast.hall.id}")
    another = noor.context.new_page()
    another.goto(noor.url)
    watched, unseen = (tab.locator(f"#post-{flag.post_id}") for tab in (noor, another))
    for row in (watched, unseen):
        row.get_by_text("show what was written").click()
    look_away(another)

    amara = seat().new_page()
    sign_in(cast.amara, amara)
    amara.get_by_role("link", name=f"Flag {flag.code}").click()
    amara.fill("[name=reason]", "It urges her to hurt herself.")
    amara.get_by_role("button", name="Needs action").click()
    expect(noor.locator("#waits")).to_be_empty()
    amara.get_by_role("link", name="Propose what should happen").first.click()
    amara.fill("[name=reason]", "Urged the speaker to hurt herself.")
    amara.get_by_label("Found in violation of the code").check()
    amara.get_by_label("Threats and calls to violence").check()
    amara.get_by_label("I asked myself whom").check()
    amara.get_by_role("button", name="See what it does").click()
    expect(amara.locator("main")).to_contain_text("It calms things, because")
    amara.get_by_role("button", name="Ask for a second yes").click()
    proposal = Proposal.objects.get()
    expect(theirs).to_be_visible()
    expect(noor.locator("#waits")).to_contain_text(
        "1"
    )  # whoever only watches is shown that it is asked

    notice(luis, hosts)
    luis.tap(luis.page.get_by_role("link", name="Desk"))
    expect(luis.page).to_have_url(f"{hosts.desk}/proposals/{proposal.id}")
    picture(luis.page, "asked")
    luis.tap(luis.page.get_by_role("button", name="I agree"))
    expect(luis.page.locator(".proposal")).to_contain_text("Amara and Luis agree")
    assert luis.taps == ["Desk", "I agree"]

    expect(theirs).to_have_count(0)
    expect(sara.locator(".post.gone")).to_have_text("A message was removed.")
    expect(watched).to_contain_text("Removed")  # although it was being read
    expect(unseen).to_contain_text("hurt yourself")
    look_away(another, False)
    expect(unseen).to_contain_text("Removed")
    for row in (watched, unseen):
        expect(row).not_to_contain_text("hurt yourself")
    expect(karim.locator("main")).to_contain_text("No access at the moment")
    offered = sara.locator(".for-you")  # by itself: the page that was open asked once more
    expect(offered).to_contain_text("Something that was written here has been removed.")
    expect(offered.get_by_text("Help lines")).to_be_visible()
    picture(sara, "offered")

    amara.goto(f"{hosts.desk}/cases/{Case.objects.get().id}")
    expect(amara.locator("main")).to_contain_text("hurt yourself")
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs.index("concurrence.concur") < verbs.index("concurrence.execute")
    assert verbs.index("concurrence.concur") < verbs.index("access.shut")
    agreed = Concurrence.objects.get()
    assert agreed.concurred_at <= Execution.objects.get().executed_at
    assert audit() == []
    picture(luis.page, "done")


def in_the_hall(hosts: Hosts, context: BrowserContext, client, cast: Cast) -> Page:
    for name, cookie in client.cookies.items():
        where = {"domain": "localhost", "path": "/", "secure": True, "httpOnly": True}
        context.add_cookies([{"name": name, "value": cookie.value, **where}])
    page = context.new_page()
    page.goto(f"{hosts.public}/r/{cast.hall.id}")
    return page
