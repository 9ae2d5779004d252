"""What a report weighs on the wire: headless Chromium without JavaScript, a cold cache, the Arabic pages.

A new install gets 25 colleagues who all receive reports, 40 help lines and a room with 50 messages; then it is served
by the command that people use. Between it and the browser stands a relay that counts every byte of every connection,
heads included. A figure is the heaviest of the rounds.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.common import Answer, arguments, progress
from bench.footprint import CHECKOUT, PATIENCE, first_page, serving, set_up

STAFF = 25
HELP_LINES = 40
MESSAGES = 50
FEW = 10
"""Messages that came since somebody last looked."""
LIGHT = "__Host-light"
LANGUAGE = "ar"
SAID = "كتب لي شخص من المتحدثين رسائل طوال الليل، ولا أريد أن أقابله غداً."
SAID_IN_DISTRESS = f"{SAID} أريد أن أموت."
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


def main() -> None:
    """Set up, serve, look on; once a round."""
    asked = arguments(__doc__ or "")
    workload = {"staff": STAFF, "help_lines": HELP_LINES, "language": LANGUAGE}
    answer = Answer("weight", {**workload, "messages": MESSAGES, "rounds": asked.rounds})
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        environment = set_up(Path(folder))
        planted = plant_in(environment)
        with serving(environment) as (_, port), relay_to(port) as relay, chromium() as browser:
            first_page(port, deadline=time.monotonic() + PATIENCE)
            for number in range(asked.rounds):
                rounds.append(look(browser, relay, planted))
                progress(f"round {number + 1}: {rounds[-1]}")
    compare(answer, {name: max(one[name] for one in rounds) for name in rounds[0]})
    answer.print(as_json=asked.json)


def compare(answer: Answer, found: dict[str, int]) -> None:
    """The targets; what has none is told beside them."""
    limits = {
        "form_requests": 1,
        "form_bytes": 14_600,
        "report_requests": 4,
        "report_bytes": 20_000,
        "second_visit_bytes": 9_000,
        "room_bytes": 40_000,
        "room_as_text_bytes": 10_000,
        "update_as_text_bytes": 10_000,
    }
    for name, limit in limits.items():
        answer.require(name, found.pop(name), at_most=limit)
    answer.figures |= found


def look(browser: Browser, relay: Relay, planted: dict[str, Any]) -> dict[str, int]:
    """One person reports and comes back; others do so in distress, look for an answer, enter a room."""
    with looking(browser, relay) as page:
        page.open("/report")
        form = page.seen("form")
        code = page.report(SAID)
        report = page.seen("report")
        page.forget()
        page.open("/report")
        second = page.seen("second_visit")
        page.forget()
        page.open("/report/box")
        page.press("input[name=code]", code)
        answer = page.seen("answer")
    with looking(browser, relay) as page:
        page.open("/report")
        page.report(SAID_IN_DISTRESS, help_lines=True)
        distress = page.seen("report_with_help_lines")
    return form | report | second | answer | distress | _room(browser, relay, planted)


def _room(browser: Browser, relay: Relay, planted: dict[str, Any]) -> dict[str, int]:
    with looking(browser, relay, script=True, cookies=planted["cookies"]) as page:
        page.open(f"/r/{planted['room']}")
        page.tab.locator("#refresh").wait_for(state="hidden")  # its stream is open
        live = page.seen("room")
    with looking(browser, relay, cookies=planted["cookies"]) as page:
        page.open(f"/r/{planted['room']}")
        assert page.tab.locator(".post").count() == MESSAGES
        whole = page.seen("room_without_script")
        page.forget()
        page.open(f"/r/{planted['room']}?after={MESSAGES - FEW}")
        whole |= page.seen("update_without_script")
    with looking(browser, relay, cookies=planted["cookies"] | {LIGHT: "1"}) as page:
        page.open(f"/r/{planted['room']}")
        text = page.seen("room_as_text")
        page.forget()
        page.open(f"/r/{planted['room']}?after={MESSAGES - FEW}")
        return live | whole | text | page.seen("update_as_text")


# The browser ---------------------------------------------------------------------------------------


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own, as in the tests."""
    path = os.environ.get("CONCORD_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@contextmanager
def looking(
    browser: Browser, relay: Relay, *, script: bool = False, cookies: dict[str, str] | None = None
) -> Iterator[Visitor]:
    """Somebody with an empty cache, and what they have asked for so far."""
    context = browser.new_context(
        locale=LANGUAGE,
        java_script_enabled=script,
        viewport={"width": 360, "height": 740},
        color_scheme="light",
    )
    for name, value in (cookies or {}).items():
        cookie: Any = {"name": name, "value": value, "domain": "localhost", "path": "/"}
        context.add_cookies([cookie | {"secure": True, "httpOnly": True}])
    try:
        yield Visitor(context, context.new_page(), relay)
    finally:
        context.close()


class Visitor:
    """Opens pages through the relay; `seen` says what that took since the last `forget`."""

    def __init__(self, context: BrowserContext, tab: Page, relay: Relay) -> None:
        self.tab, self.relay, self.requests = tab, relay, 0
        context.on("request", self._asked)
        self.forget()

    def open(self, path: str) -> None:
        """Go to a page of the host."""
        answer = self.tab.goto(f"{self.relay.url}{path}")
        assert getattr(answer, "status", 0) == 200, path

    def report(self, said: str, *, help_lines: bool = False) -> str:
        """Send the form as it stands, and read the code."""
        self.press("textarea[name=text]", said)
        if help_lines:
            assert self.tab.locator("details.more").count() >= HELP_LINES // 2
        return self.tab.locator("output.code").inner_text()

    def press(self, field: str, typed: str) -> None:
        """Type into a field, and press the button that its form ends with."""
        self.tab.locator(field).fill(typed)
        self.tab.locator("main form:has(textarea, input[name=code]) .primary").first.click()
        self.tab.wait_for_load_state()

    def seen(self, name: str) -> dict[str, int]:
        down = self.relay.down - self._before
        return {f"{name}_requests": self.requests, f"{name}_bytes": down}

    def forget(self) -> None:
        self.requests, self._before = 0, self.relay.down

    def _asked(self, request: Any) -> None:
        self.requests += request.url.startswith("http")


# The relay -----------------------------------------------------------------------------------------


class Relay:
    """Carries every connection on to the server, and counts what comes back."""

    def __init__(self, port: int) -> None:
        self.down = 0
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server))
            for pair in ((browser, server, False), (server, browser, True)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        try:
            while data := one.recv(65_536):
                if counts:
                    self.down += len(data)
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            other.close()


@contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    relay = Relay(port)
    try:
        yield relay
    finally:
        relay.close()


# What is served ------------------------------------------------------------------------------------


def plant_in(environment: dict[str, str], *, receivers: int = STAFF) -> dict[str, Any]:
    """In a process of its own: the install's settings are read once. Returns the room and a way in."""
    done = subprocess.run(
        [sys.executable, __file__, "--plant", str(receivers)],
        env=environment | {"DJANGO_SETTINGS_MODULE": "concord.site.settings"},
        check=True,
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
    )
    progress(f"{receivers} receivers, {HELP_LINES} help lines")
    planted: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return planted


def plant(receivers: int) -> dict[str, Any]:
    """Colleagues, help lines, and an event with a room in which people talk."""
    import django

    django.setup()
    from django.conf import settings

    plant_help_lines(settings.CONCORD_DATA / "help_lines.toml")
    plant_receivers(receivers)
    return plant_room()


def plant_help_lines(file: Path) -> None:
    """Two lines for each of twenty countries, as long as real ones."""
    country = (
        '[[country]]\ncode = "{code}"\nnames = {{ en = "Country {n}", ar = "{name} {n}" }}\n'
        'emergency = ["11{n}"]\nlines = [\n'
        '  {{ name = "{name} {n} للإصغاء", number = "0800 {a} {b}", what = "crisis" }},\n'
        '  {{ name = "{name} {n} للأمان", number = "0900 {b} {a}", what = "violence" }},\n]\n'
    )
    dice = random.Random(1)
    countries = [
        country.format(
            code=f"{chr(65 + n % 26)}{chr(65 + n // 26)}",
            n=n,
            name=dice.choice(WORDS),
            a=dice.randrange(100, 999),
            b=dice.randrange(1000, 9999),
        )
        for n in range(HELP_LINES // 2)
    ]
    file.write_text("\n".join(countries), encoding="utf-8")


def plant_receivers(wanted: int) -> None:
    """As many receivers of reports as wanted, each with a key that counts."""
    from django.utils import timezone
    from nacl.public import PrivateKey
    from nacl.signing import SigningKey

    from concord.people.models import Person, Role, StaffMember
    from concord.vault.models import PersonKey

    at = timezone.now()
    for name in NAMES[: wanted - StaffMember.objects.receivers(at).count()]:
        person = Person.objects.create()
        StaffMember.objects.create(
            person=person,
            working_name=name,
            role=Role.RECEIVER,
            languages=["ar", "en"],
            designated_at=at,
        )
        PersonKey.objects.create(
            id=uuid4(),
            holder=person.id,
            reading_public=bytes(PrivateKey.generate().public_key),
            signing_public=bytes(SigningKey.generate().verify_key),
            made_at=at,
            enrolled_at=at,
            countersigner=uuid4(),
        )


def plant_room() -> dict[str, Any]:
    """A running event, its room full of talk, and the cookies of somebody who is inside."""
    from django.http import HttpResponse
    from django.test import Client, RequestFactory
    from django.utils import timezone

    from concord.convenings.guidelines_read import COOKIE, mark_read
    from concord.convenings.models import Convening, Guidelines, Registration, Session, State
    from concord.people.models import Login, Person
    from concord.spaces.open_room import open_room
    from concord.spaces.post_message import post_message

    at, dice = timezone.now(), random.Random(2)
    running = {"starts_at": at, "ends_at": at + timedelta(hours=9), "state": State.OPEN}
    event = Convening.objects.create(slug="votes", name="الأصوات", **running)
    session = Session.objects.create(convening=event, name="القاعة الأولى", **running)
    rules = Guidelines.objects.create(
        session=session, number=1, text=" ".join(WORDS), confirmed_by=uuid4(), confirmed_at=at
    )
    room, people = open_room(session), []
    for name in NAMES[:12]:
        person = Person.objects.create()
        login = Login.objects.create(
            person=person, handle=str(uuid4()), mailbox_token=uuid4().bytes, verified=True
        )
        people.append(
            Registration.objects.create(
                convening=event, person=person, display_name=name, acknowledged_version=1
            )
        )
    for number in range(MESSAGES):
        text = " ".join(dice.choices(WORDS, k=dice.randrange(3, 40)))
        moment = at + timedelta(seconds=23 * number)
        post_message(room, registration=dice.choice(people), text=text, at=moment)
    client, request = Client(), RequestFactory().get("/")
    client.force_login(login, backend="concord.people.passphrase.PassphraseBackend")
    request.user, request.is_desk, response = login, False, HttpResponse()  # type: ignore[attr-defined]
    mark_read(request, response, rules)
    cookies = {name: one.value for name, one in client.cookies.items()}
    return {"room": str(room.id), "cookies": cookies | {COOKIE: response.cookies[COOKIE].value}}


NAMES = re.findall(
    r"\w+",
    "أمينة سامر لويس كريم سارة نادية يوسف هدى رامي ليلى مريم زياد فاطمة جمال نور طارق "
    "سلمى وليد ريم باسل دانا فادي هالة عمر منى",
)
WORDS = re.findall(
    r"\w+",
    "في من على هذا الذي كان إلى لم أن بعد قبل صوت صندوق يوم ساعة طابور مركز مدينة قرية ناس شاهد مراقب ورقة اسم لجنة "
    "نتيجة عدد خبر صورة شارع مدرسة باب ليل صباح سؤال جواب فكرة مشكلة حل شكراً ربما هناك أيضاً كيف متى لماذا عندنا "
    "عندكم نحتاج سمعت رأيت قرأت كتبت انتظرنا وصلنا بدأ انتهى أول آخر جديد قديم كبير صغير بعيد قريب",
)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plant"]:
        print(json.dumps(plant(int(sys.argv[2]))))
    else:
        main()
