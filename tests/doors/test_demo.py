"""The demo as a newcomer lives it: six chairs, one main job, and every invitation to cheat."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from concord.site.demo import script
from tests.processes import wait_for

PHONE = {"viewport": {"width": 360, "height": 740}}
WIDE = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def table(tmp_path) -> Iterator[str]:
    """The address of a demo that runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONCORD_")
        and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "concord.site.cli", "demo", "--port", str(port)],
        env=kept | {"PYTHONPATH": str(settings.CHECKOUT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in child.stdout:
        if line.startswith("in Chrome"):
            break
    wait_for(lambda: _listens(port), "the demo's table")
    yield f"http://localhost:{port}/"
    child.terminate()
    child.wait(20)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1):
        return True
    return False


def confirm(page: Page) -> Page:
    """Read what has to be read, tick, go on."""
    page.locator("main input[type=checkbox]").check()
    page.locator("main button.primary").click()
    return page


def code_from_mail(context: BrowserContext, table: str, address: str) -> str:
    mails = context.new_page()
    mails.goto(f"{table}demo/mails")
    row = mails.locator("li", has_text=address).first
    while not row.locator("output.code").count():
        mails.reload()
    code = row.locator("output.code").inner_text()
    mails.close()
    return code


def come_in(context: BrowserContext, table: Page, link: str, name: str, address: str) -> Page:
    """Register through the real forms, from the invitation on the table."""
    page = context.new_page()
    page.goto(table.get_by_role("link", name=link).get_attribute("href"))
    page.fill("[name=display_name]", name)
    page.fill("[name=address]", address)
    page.locator("main button.primary").click()
    page.fill("[name=code]", code_from_mail(context, table.url, address))
    page.locator("main button.primary").click()
    return confirm(page)


@pytest.mark.browser
def test_a_newcomer_lives_through_the_main_job(
    table: str, seat: Callable[..., BrowserContext], picture: Callable[..., None]
):
    wide, phone = seat(**WIDE), seat(**PHONE)
    start = wide.new_page()
    start.goto(table)
    expect(start.locator(".seat")).to_have_count(6)

    def sit(name: str, context: BrowserContext = wide) -> Page:
        page = context.new_page()
        # From the table, as somebody who presses the chair: a Strict cookie stays behind on the way.
        page.goto(table)
        with context.expect_page() as opened:
            page.locator(".seat a", has=page.locator("b", has_text=name)).click()
        page.close()
        return opened.value

    ana, karim = confirm(sit("Ana", phone)), confirm(sit("Karim"))
    karim.get_by_role("button", name="Say it").click()
    unkind = ana.locator("li.post", has_text=script.UNKIND)
    expect(unkind).to_be_visible()
    unkind.get_by_role("link", name="Flag").click()
    ana.locator("main button.primary").click()
    ana.get_by_role("link", name="Back to the room").click()
    expect(unkind).to_be_visible()
    picture(ana, "ana")

    sit("Amara").close()
    amara = sit("Amara")  # the second time the chair is taken already
    flag = amara.locator("article.flag").first
    flag.locator("[name=reason]").fill("A threat against somebody in the room.")
    flag.get_by_role("button", name="Needs action").click()
    amara.locator("main").get_by_role("link", name="Propose what should happen").click()
    amara.fill("[name=reason]", "He threatens her; she should not have to share the room with him.")
    amara.locator("[name=grounds][value=violation]").check()
    amara.locator("[name=violations][value=threat]").check()
    amara.locator("[name=is_safe]").check()
    amara.get_by_role("button", name="See what it does").click()
    amara.get_by_role("button", name="Ask for a second yes").click()
    expect(amara).to_have_url(re.compile("/proposals/"))

    alone = wide.new_page()
    alone.goto(start.get_by_role("link", name="Carry it out alone").get_attribute("href"))
    alone.get_by_role("button", name="Carry it out now").click()
    expect(alone.locator("main")).to_contain_text("Nobody else has agreed to this yet")
    expect(alone.locator(".demo-hint")).to_contain_text("the newest entry of the ledger")
    expect(alone.locator(".demo-bar a", has_text="The proposal")).to_have_count(1)
    with wide.expect_page() as opened:
        alone.locator(".demo-bar a", has_text="The ledger").click()
    ledger = opened.value
    expect(ledger.locator("li.refused").first).to_contain_text("NeedsConcurrence")
    expect(ledger.locator("li.refused").first).to_contain_text("Amara")

    ravi = sit("Ravi")
    expect(ravi.locator("main")).to_contain_text("Nothing is waiting")
    address = start.get_by_role(
        "link", name="The very address"
    )  # there without loading the table again
    answer = ravi.goto(address.get_attribute("href"))
    assert ravi.url == amara.url.replace("amara-desk", "ravi-desk")
    assert answer.status == 404

    luis = sit("Luis", phone)
    luis.locator("main .item a").first.click()
    luis.get_by_role("button", name="I agree").click()
    expect(unkind).to_have_count(0)
    expect(ana.locator(".post.gone")).to_be_visible()
    expect(ana.locator(".demo-measured")).to_contain_text("after the agreement")
    expect(karim.locator("h1")).to_have_text("No access at the moment")
    expect(luis.locator("article.proposal")).to_contain_text("Done and checked")
    picture(luis, "luis")

    again = come_in(wide, start, "Come back as Karim", "A new face", "karim.haddad+again@gmail.com")
    expect(again.locator("h1")).to_have_text("No access at the moment")
    expect(again.locator(".demo-hint")).to_contain_text("Refused under the decision that stands")
    karima = come_in(wide, start, "Come in as Karima", "Karima Haddad", "karima.haddad@gmail.com")
    confirm(karima).fill("#write [name=text]", "Good morning, everybody.")
    karima.get_by_role("button", name="Send").click()
    expect(ana.locator("li.post", has_text="Good morning, everybody.")).to_be_visible()

    ines = sit("Ines")
    expect(ines.locator("main")).to_contain_text("sealed,")
    assert script.UNKIND not in ines.content()
    expect(start.locator("#now .past")).to_have_count(7)
    expect(start.locator("#now")).to_contain_text("Agreement to gone")
    picture(start, "table")
