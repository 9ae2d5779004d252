"""The demo: seats exist in its own throw-away folder and nowhere else; what it shows is the product's own doing."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from concord.convenings.models import State
from concord.convenings.readiness import readiness
from concord.letters import registry
from concord.people.models import Login
from concord.site import settings as ordinary
from concord.site.demo import home, script, seating
from concord.site.demo.middleware import Seating
from concord.site.demo.plant import plant
from concord.site.demo.post_box import PostBox
from concord.site.demo.seats import AGAIN, AMARA, ANA, FRESH, KARIMA, SEATS
from concord.site.demo.totp import code_at, seconds_left
from concord.site.rehearse.browser import Browser


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CONCORD_")
        and name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    return kept | {"PYTHONPATH": str(settings.CHECKOUT)} | more


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Seats under ordinary settings ---------------------------------------------------------------------------


def test_ordinary_settings_know_no_seat():
    assert ordinary.CONCORD_DEMO is False
    assert not [name for name in ordinary.MIDDLEWARE if "demo" in name]
    assert not {seat.host for seat in (*SEATS, *FRESH)} & set(ordinary.ALLOWED_HOSTS)


def test_what_seats_people_does_not_start_on_data_that_the_demo_did_not_make():
    with pytest.raises(home.NotThrowAway):
        Seating(lambda request: None)


@pytest.mark.parametrize("seat", [ANA, AMARA])
def test_nobody_can_be_seated_on_data_that_the_demo_did_not_make(rf, seat):
    with pytest.raises(home.NotThrowAway):
        seating.take_seat(rf.get("/"), seat)


def test_no_table_can_be_laid_on_data_that_the_demo_did_not_make():
    with pytest.raises(home.NotThrowAway):
        seating.lay(None)


def test_a_server_with_the_seats_but_other_data_does_not_start(tmp_path):
    """Somebody adds the middleware to an install's settings: no page is ever served."""
    (tmp_path / "wrong.py").write_text(
        "from concord.site.testing import *\n"
        "MIDDLEWARE = [*MIDDLEWARE, 'concord.site.demo.middleware.Seating']\n"
    )
    done = run(
        "-c",
        "import django; django.setup()\n"
        "from django.core.handlers.wsgi import WSGIHandler; WSGIHandler()",
        DJANGO_SETTINGS_MODULE="wrong",
        PYTHONPATH=f"{settings.CHECKOUT}:{tmp_path}",
    )
    assert done.returncode != 0
    assert "NotThrowAway" in done.stderr


# The throw-away folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", home.OF_AN_INSTALL)
def test_the_demo_refuses_the_data_of_an_install(name, tmp_path):
    done = run("-m", "concord.site.cli", "demo", "--port", "1", **{name: str(tmp_path / "there")})
    assert done.returncode == 1
    assert f"unset {name}" in done.stderr
    assert not (tmp_path / "there").exists()


def test_the_folder_is_gone_when_its_process_ends():
    done = run(
        "-c", "from concord.site.demo import home; made = home.make(); print(made, made.is_dir())"
    )
    folder, there = done.stdout.split()
    assert there == "True"
    assert not Path(folder).exists()


def test_a_folder_is_the_demos_own_only_in_the_process_that_made_it(tmp_path):
    with pytest.raises(home.NotThrowAway):
        home.must_be_own(tmp_path)


# Planting ------------------------------------------------------------------------------------------------


@pytest.fixture
def post_box(monkeypatch) -> PostBox:
    monkeypatch.setattr(registry, "_transports", [])
    box = PostBox()
    box.open()
    return box


@pytest.mark.django_db
def test_what_is_planted_is_open_because_nothing_is_missing(post_box):
    planted = plant(post_box, at=timezone.now())
    assert planted.convening.state == State.OPEN
    assert readiness(planted.convening, timezone.now()) == []
    assert set(script.SESSIONS) < set(planted.rooms)
    assert planted.hall.posts.exists()


@pytest.mark.django_db
def test_those_who_take_part_came_in_by_their_own_mail(post_box):
    planted = plant(post_box, at=timezone.now())
    logins = Login.objects.filter(person__in=[who.person for who in planted.people.values()])
    assert len(planted.people) == len(script.BYSTANDERS) + 2
    assert all(login.verified and login.mailbox_token for login in logins)
    assert post_box.mails() == []


def test_everybody_who_speaks_is_somebody():
    assert {line.who for line in script.lines()} == set(script.BYSTANDERS)
    assert {line.session for line in script.lines()} == set(script.SESSIONS)


def test_a_second_factor_shows_what_an_app_would_show():
    # RFC 6238, appendix B, its SHA-1 row for 59 seconds, cut to six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert code_at(secret, datetime.fromtimestamp(59, tz=UTC)) == "287082"


# The whole demo ------------------------------------------------------------------------------------------


@dataclass
class Demo:
    """A demo that runs, and a browser for each of its hosts."""

    port: int
    child: subprocess.Popen[str]
    temporary: Path

    def browser(self, host: str) -> Browser:
        return Browser(host, port=self.port)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    temporary = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "concord.site.cli", "demo", "--port", str(port)],
        env=environment(TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for line in child.stdout:
        if line.startswith("in Chrome"):
            break
    running = Demo(port, child, temporary)
    limit = time.monotonic() + 20
    while True:
        try:
            running.browser("localhost").get("/help")
            break
        except OSError:
            assert time.monotonic() < limit, "the demo does not answer"
            time.sleep(0.05)
    yield running
    child.terminate()
    child.wait(20)


def test_the_table_offers_six_chairs_that_are_signed_in(demo):
    table = demo.browser("localhost").get("/")
    for seat in SEATS:
        address = re.search(rf'href="http://{re.escape(seat.host)}:\d+(/[^"]*)"', table.text)[1]
        browser = demo.browser(seat.host)
        page = browser.get(address.replace("&amp;", "&"))
        assert page.status == 200
        assert "/in" not in page.path
        assert f"<b>{seat.name}</b>" in page.text


def test_no_seat_is_a_way_into_another(demo):
    amara = demo.browser(AMARA.host)
    amara.get("/")
    assert amara.cookies
    stranger = demo.browser("desk.localhost")
    assert stranger.get("/").path.startswith("/in")


def test_unknown_hosts_are_refused(demo):
    assert demo.browser("mallory.localhost").get("/").status == 400
    assert demo.browser("amara.localhost").get("/").status == 400


def test_the_passphrase_and_code_on_the_page_open_the_desk(demo):
    page = demo.browser("localhost").get("/demo/mails")
    words = r"signs in as <bdi dir=\"ltr\">noor</bdi></span><br><bdi dir=\"ltr\">([a-z ]+)</bdi>"
    passphrase = re.search(words, page.text)[1]
    desk = demo.browser("desk.localhost")
    page = desk.get("/in")
    page = desk.submit(page, page.form("login"), {"login": "noor", "password": passphrase})
    if seconds_left(timezone.now()) < 3:
        time.sleep(3)  # not for timing: a code dies at the end of its half minute
    codes = demo.browser("localhost").get("/demo/mails").text
    code = re.search(r"noor</bdi>.*?class=\"number\">(\d{6})<", codes, re.DOTALL)[1]
    page = desk.submit(page, page.form("code"), {"code": code})
    assert (page.status, page.path) == (200, "/")


def test_the_keeper_of_the_machines_finds_sealed_bytes(demo):
    page = demo.browser("ines-desk.localhost").get("/demo/stored")
    assert "sealed," in page.text
    assert script.REPORT not in page.text
    assert script.ANSWER not in page.text
    assert script.ANA[1] not in page.text


def test_the_bar_and_its_pages_carry_no_script_and_no_style_of_their_own(demo):
    browser = demo.browser(ANA.host)
    for page in (browser.get("/"), demo.browser("localhost").get("/")):
        assert "<script>" not in page.text
        assert 'style="' not in page.text


def test_nothing_can_be_carried_out_alone_before_anything_is_proposed(demo):
    page = demo.browser(AMARA.host).get("/demo/alone")
    assert "Nothing is proposed" in page.text


def test_the_bar_says_what_comes_next_on_the_way_in(demo):
    browser = demo.browser(KARIMA.host)
    page = browser.get("/e/votes/register")
    assert KARIMA.address in page.text
    assert "Register with this address." in page.text
    for path, words in {
        "/in/code": "Six digits went to this address: open Mails",
        "/e/votes/policy": "Read the policy, tick",
        "/s/0/guidelines": "Read the guidelines, tick",
        "/r/0": "You are in.",
    }.items():
        assert words in browser.get(f"/demo/hint?at={path}").text


def test_karim_in_another_browser_waits_for_the_decision(demo):
    assert "Wait until the decision" in demo.browser(AGAIN.host).get("/e/votes/register").text


def test_the_parts_that_change_are_there_by_themselves(demo):
    table = demo.browser("localhost")
    assert "No letter has been written" in table.get("/demo/letters").text
    assert "href" not in table.get("/demo/hidden").text
    assert "Noor" in table.get("/").text


def test_stopping_it_removes_everything(demo):
    assert len(list(demo.temporary.glob("concord-demo-*"))) == 1
    demo.child.send_signal(signal.SIGTERM)
    assert demo.child.wait(20) == 0
    assert not list(demo.temporary.glob("concord-demo-*"))
