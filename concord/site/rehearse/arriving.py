"""Scenes of arriving: participants by mailed code, staff by passphrase and second factor, streams that open."""

from __future__ import annotations

import re
import time

from django.utils import timezone

from concord.site.demo import script
from concord.site.demo.totp import code_at, seconds_left
from concord.site.rehearse.browser import Browser
from concord.site.rehearse.page import Page
from concord.site.rehearse.timeline import promise
from concord.site.rehearse.world import DESK, World, opened

ENOUGH = 3.0
"""Seconds in which a code is surely typed."""


def participants_arrive(world: World) -> None:
    """By a mailed code; and nobody enters before the guidelines of the session."""
    addresses = {
        "Ana": script.ANA[1],
        "Karim": script.KARIM[1],
        "Tomas": "tomas@participant.example",
    }
    for who, address in addresses.items():
        page = sign_in_by_code(world, who, address)
        opened(page, f"{who} did not get in")
        enter_hall(world, who)


def sign_in_by_code(world: World, who: str, address: str) -> Page:
    """Ask for a way in, read the mail, type the digits."""
    browser = world.browser(who)
    page = opened(browser.get(world.public("sign_in")), "the sign-in page does not open")
    page = browser.submit(page, page.form("address"), {"address": address})
    return browser.submit(page, page.form("code"), {"code": world.mailbox.code_for(address)})


def register_by_code(world: World, who: str, name: str, address: str) -> Page:
    """Register for the event as somebody new: name, mail, digits."""
    browser = world.browser(who)
    page = opened(browser.get(world.public("register", script.SLUG)), "registration does not open")
    page = browser.submit(page, page.form("address"), {"display_name": name, "address": address})
    return browser.submit(page, page.form("code"), {"code": world.mailbox.code_for(address)})


def enter_hall(world: World, who: str) -> Page:
    """Through every step that comes before the room, and into it."""
    browser = world.browser(who)
    page = browser.get(world.hall_path)
    promise(page.path != world.hall_path, f"{who} entered without reading the guidelines")
    page = read_and_confirm(browser, page)
    promise(page.path.split("?")[0] == world.hall_path, f"{who} was led to {page.path}")
    return opened(page, f"{who} cannot enter the hall")


def read_and_confirm(browser: Browser, page: Page) -> Page:
    """Confirm what has to be read: the policy, then the guidelines."""
    for tick, hidden in (("agreed", "version"), ("read", "number")):
        if any({tick, hidden} <= form.names for form in page.forms):
            page = browser.submit(page, page.form(tick, hidden), {tick: "on"})
    return page


def staff_sign_in(world: World) -> None:
    """By passphrase; nothing opens before the second factor is set up and its code was right."""
    for handle, member in world.planted.team.items():
        browser = world.browser(member.staff.working_name, DESK)
        page = opened(browser.get(world.desk("account_login")), "the desk does not open")
        typed = {"login": handle, "password": member.passphrase}
        page = browser.submit(page, page.form("login", "password"), dict(typed))
        page = browser.get(world.desk("inbox"))
        promise(page.path != world.desk("inbox"), "the desk opened by a passphrase alone")
        secret = re.search(r"\b[A-Z2-7]{32}\b", page.text)
        promise(secret, "the second factor has no secret to set up")
        code = code_of_the_moment(secret[0] if secret else "")
        page = browser.submit(page, page.form("code"), {"code": code})
        inbox = opened(browser.get(world.desk("inbox")), f"{handle} cannot open the desk")
        promise(
            inbox.path == world.desk("inbox"), f"{handle} was led to {page.path}, then {inbox.path}"
        )


def code_of_the_moment(secret: str) -> str:
    """A code that is still good when it arrives: near the end of its half minute, the next one."""
    left = seconds_left(timezone.now())
    if left < ENOUGH:
        time.sleep(left)
    return code_at(secret, timezone.now())


def streams_open(world: World) -> None:
    """Those in the hall listen; a browser that nobody signed in to hears nothing."""
    for who in ("Tomas", "Ana", "Karim"):
        world.listen(who)
    stranger = world.browser("a stranger")
    page = stranger.get(f"/live/?s={world.planted.hall.stream}")
    promise(page.status == 404, f"a stranger's stream was answered by {page.status}")
