"""From an empty folder to somebody at work: set-up as a script and at a terminal, and what comes after it."""

from __future__ import annotations

import http.client
import os
import pty
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from concord.people.tests.team import code_now
from concord.site.tests.install import ANSWERS, Install

SHARE = re.compile(r"share \d: ((?:\w+ ){19}\w+)")
PASSPHRASE = re.compile(r"passphrase: ((?:\w+ ){6}\w+)")
CODE = re.compile(r"code: ((?:\w{4}-){4}\w{4})")
CONFIRMED = re.compile(r"fingerprint ([0-9a-f ]{39}) \(confirmed\)")


def test_a_scripted_set_up_leaves_a_house_to_work_in(ready: Install, told):
    assert len(SHARE.findall(told)) == 3
    assert len(PASSPHRASE.findall(told)) == 2
    assert len(CODE.findall(told)) == 1
    assert ready.run("check").stdout.strip() == "check: nothing is missing, nothing unsafe"
    assert len(CONFIRMED.findall(ready.run("staff", "list").stdout)) == 2
    assert ready.run("audit").returncode == 0


def test_answers_are_kept_for_later_commands_and_secrets_are_not(ready: Install, told):
    kept = ready.home / "concord.env"
    assert "CONCORD_HOST_NAME='Voters of the Valley'" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    secrets = [*SHARE.findall(told), *PASSPHRASE.findall(told), *CODE.findall(told)]
    for file in filter(Path.is_file, ready.home.rglob("*")):
        held = file.read_bytes()
        assert not any(secret.encode() in held for secret in secrets), file


def test_a_second_set_up_changes_nothing(ready: Install, told):
    before = ready.run("staff", "list").stdout
    again = ready.set_up()
    assert again.returncode == 0
    assert "The first two of the team are there." in again.stdout
    assert not PASSPHRASE.findall(again.stdout)
    assert not CODE.findall(again.stdout)
    assert ready.run("staff", "list").stdout == before


def test_without_answers_it_makes_no_recovery_key_and_can_be_run_again(with_tables: Install):
    refused = with_tables.run("setup")
    assert refused.returncode == 1
    assert "the outside contact ([outside_contact]) and 2 people of the team" in refused.stderr
    assert not SHARE.findall(refused.stdout)
    done = with_tables.set_up()
    assert done.returncode == 0, done.stderr
    assert len(SHARE.findall(done.stdout)) == 3


@pytest.mark.sqlite
def test_its_own_example_is_understood(with_tables: Install):
    file = with_tables.home / "example.toml"
    file.write_text(with_tables.run("setup", "--example").stdout)
    done = with_tables.run("setup", "--answers", str(file))
    assert done.returncode == 0, done.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "wrong, words",
    [
        ("host = ", "answers cannot be read"),
        ("colour = 'teal'", "colour is not something set-up asks"),
        ("[outside_contact]\nname = 'Elena'", "outside_contact.address is missing"),
        ("staff = 2", "staff should be a list"),
        ("host = ['a']", "host should be a text"),
    ],
)
def test_answers_that_cannot_be_read_are_told_in_words(install: Install, wrong, words):
    install.home.mkdir(parents=True)
    (install.home / "wrong.toml").write_text(wrong)
    refused = install.run("setup", "--answers", str(install.home / "wrong.toml"))
    assert refused.returncode == 1
    assert words in refused.stderr
    assert not install.key_file.exists()


CANNOT_BE_FOUNDED = {
    "sign-in name is taken": ('sign_in = "luis"', 'sign_in = "amara"'),
    "already works under this name": ('working_name = "Luis"', 'working_name = "Аmara"'),
    "not a mail address": ("elena@outside.example", "elena"),
    "no such language here: xx": ('languages = ["en", "fr"]', 'languages = ["xx"]'),
}


@pytest.mark.sqlite
def test_what_cannot_be_founded_leaves_nothing_half_made(with_tables: Install):
    for words, change in CANNOT_BE_FOUNDED.items():
        (with_tables.home / "wrong.toml").write_text(ANSWERS.replace(*change))
        refused = with_tables.run("setup", "--answers", str(with_tables.home / "wrong.toml"))
        assert refused.returncode == 1
        assert words in refused.stderr
        assert not SHARE.findall(refused.stdout)
    assert len(SHARE.findall(with_tables.set_up().stdout)) == 3


@pytest.mark.sqlite
def test_at_a_terminal_it_asks_and_has_the_shares_read_back(with_tables: Install):
    answers = ["Open Ballot Forum", "", "grace@outside.internal", "", "", "", "Elena Ruiz", "not an address",
               "elena@outside.example", "Amara", "amara", "en, fr", "Luis", "luis", ""]  # fmt: skip
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "concord.site.cli", "setup"],
        env=with_tables.environment | {"CONCORD_MAIL_HOST": ""},
        stdin=end,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
    assert process.stdout is not None
    said = ""
    while "see that they can be read" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    for share in SHARE.findall(said)[1:]:
        os.write(terminal, f"{share}\n".encode())
    said += process.stdout.read()
    assert process.wait(60) == 0, said
    assert "They open the recovery key." in said
    assert "this is not an e-mail address" in said
    assert with_tables.run("check", CONCORD_MAIL_HOST="").returncode == 0
    assert (
        "CONCORD_AUDITOR_ADDRESS=grace@outside.internal"
        in (with_tables.home / "concord.env").read_text()
    )


def test_somebody_brought_in_later_waits_for_a_colleague(ready: Install, told):
    added = ready.run(
        "staff", "add", "--working-name", "Kim", "--sign-in", "kim", "--role", "staff"
    )
    assert added.returncode == 0, added.stderr
    assert PASSPHRASE.search(added.stdout)
    assert "the keys of Kim wait to be confirmed" in ready.run("check").stdout
    shares = "\n".join(SHARE.findall(told)[:2])
    refused = ready.run("staff", "confirm", "kim", answers=shares)
    assert refused.returncode == 1
    assert "Two people hold keys now" in refused.stderr


TAKES_THEIR_OWN = """
import sys
from concord.site.commands import set_up_install
set_up_install()
from django.utils import timezone
from concord.people.change_passphrase import change_passphrase
from concord.site.commands.staff import staff_by
own = "walnut lantern gravel ostrich harbour"
change_passphrase(staff_by("kim"), current=sys.argv[1], new=own, at=timezone.now())
"""


def test_when_one_of_the_first_two_leaves_two_share_holders_vouch_for_another(ready: Install, told):
    assert ready.run("staff", "end", "luis").returncode == 0
    assert "fewer than two people" in ready.run("check").stdout
    added = ready.run(
        "staff", "add", "--working-name", "Kim", "--sign-in", "kim", "--role", "receiver"
    )
    shares = "\n".join(SHARE.findall(told)[1:])
    early = ready.run("staff", "confirm", "kim", answers=shares)
    assert early.returncode == 1
    assert "not taken a passphrase of their own" in early.stderr
    kim = PASSPHRASE.findall(added.stdout)[0]
    subprocess.run([sys.executable, "-c", TAKES_THEIR_OWN, kim], env=ready.environment, check=True)
    confirmed = ready.run("staff", "confirm", "kim", answers=shares)
    assert confirmed.returncode == 0, confirmed.stderr
    assert len(SHARE.findall(confirmed.stdout)) == 3
    assert ready.run("check").returncode == 0
    assert ready.run("audit").returncode == 0


REFUSED = {
    ("staff", "end", "nobody"): "nobody of the team signs in as nobody",
    ("staff", "add", "--working-name", "Luis", "--sign-in", "l2", "--role", "staff"): "already works",
    ("staff", "add", "--working-name", "Kim", "--sign-in", "kim", "--role", "staff", "--languages", "xx"):
        "no such language",
    ("recover", "passphrase", "nobody"): "nobody of the team",
    ("recover", "passphrase", "luis"): "shares do not open",
    ("contact", "--name", "Ada", "--address", "ada@outside.example"): "shares do not open",
}  # fmt: skip


@pytest.mark.sqlite
def test_what_is_refused_is_told_in_words(ready: Install, told):
    for command, words in REFUSED.items():
        refused = ready.run(*command, answers=SHARE.findall(told)[0])
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.sqlite
def test_a_lost_phone_is_forgotten(ready: Install, told):
    assert "has connected no app" in ready.run("recover", "second-factor", "luis").stdout


def test_a_lost_passphrase_comes_back_by_two_shares_and_the_old_shares_are_worth_nothing(
    ready: Install, told
):
    old = "\n".join(SHARE.findall(told)[:2])
    recovered = ready.run("recover", "passphrase", "luis", answers=old)
    assert recovered.returncode == 0, recovered.stderr
    assert PASSPHRASE.search(recovered.stdout)
    new = SHARE.findall(recovered.stdout)
    assert len(new) == 3
    assert ready.run("recover", "shares", answers=old).returncode == 1
    assert ready.run("recover", "shares", answers="\n".join(new[1:])).returncode == 0
    assert ready.run("audit").returncode == 0


def test_another_outside_contact_takes_the_place_of_the_first(ready: Install, told):
    named = ready.run(
        "contact", "--name", "Ada", "--address", "ada@outside.example",
        answers="\n".join(SHARE.findall(told)[:2]),
    )  # fmt: skip
    assert named.returncode == 0, named.stderr
    assert CODE.search(named.stdout)
    assert ready.run("check").returncode == 0


def test_the_new_colleague_signs_in_through_the_real_pages(ready: Install, told):
    with serving(ready) as port:
        desk = Browser(port, "desk.localhost")
        page = desk.post("/in", login="amara", password=PASSPHRASE.findall(told)[0])
        assert desk.path == "/second/set-up"
        secret = re.search(r">([A-Z2-7]{32})<", page)
        assert secret is not None
        desk.post("/second/set-up", code=code_now(secret[1]))
        assert desk.status == 200
        desk.get("/")
        assert desk.path == "/passphrase"  # the one that was handed over opens nothing else
        handed, own = PASSPHRASE.findall(told)[0], "walnut lantern gravel ostrich harbour"
        desk.post("/passphrase", current=handed, new=own, again=own)
        assert (desk.path, desk.status) == ("/discretion", 200)
        desk.post("/discretion")
        assert (desk.path, desk.status) == ("/", 200)
        assert "Luis" in desk.get("/team")
        assert "Voters of the Valley" in Browser(port, "localhost").get("/policy")

        again = Browser(port, "desk.localhost")
        again.post("/in", login="amara", password="not the passphrase at all")
        assert again.path == "/in"
        again.post("/in", login="amara", password=handed)
        assert again.path == "/in"
        again.post("/in", login="amara", password=own)
        assert again.path == "/in/second"


@contextmanager
def serving(install: Install) -> Iterator[int]:
    """`concord serve`, as somebody at a terminal would start it; it ends well when told to."""
    port = free_port()
    urls = {
        "CONCORD_PUBLIC": f"http://localhost:{port}",
        "CONCORD_DESK": f"http://desk.localhost:{port}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "concord.site.cli", "serve", "--port", str(port)],
        env=install.environment | urls,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "serving on" in process.stdout.readline()
        wait_until_it_listens(port)
        yield port
    finally:
        process.terminate()
        assert process.wait(30) in (0, -15)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not listen")


class Browser:
    """Keeps cookies, sends forms with their token, follows redirects on its own host."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, f"{host}:{port}"
        self.cookies: dict[str, str] = {}
        self.path, self.status, self.page = "", 0, ""

    def get(self, path: str) -> str:
        return self._send("GET", path, None)

    def post(self, path: str, **fields: str) -> str:
        if self.path != path:
            self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        assert token is not None, self.page
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": token[1]} | fields))

    def _send(self, method: str, path: str, body: str | None) -> str:
        headers = {
            "Host": self.host,
            "Origin": f"http://{self.host}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.path, self.status, self.page = path, answer.status, answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        location = answer.headers.get("Location")
        if location is None:
            return self.page
        return self._send("GET", location.removeprefix(f"http://{self.host}"), None)
