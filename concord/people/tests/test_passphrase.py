"""Staff sign-in: a passphrase that opens the keys, then a second factor, at the desk only."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client

from concord.ledger.models import Entry
from concord.people.end_designation import end_designation
from concord.people.models import Login
from concord.people.tests.team import (
    AT,
    PASSPHRASE,
    PUBLIC,
    Mailbox,
    Team,
    code_now,
    desk_client,
    desk_login,
    found,
    give_second_factor,
    sign_in_at_the_desk,
    sign_in_by_mail,
)
from concord.vault import passphrases, session

pytestmark = pytest.mark.django_db


def typed(client: Client, name: str, passphrase: str):
    return client.post("/in", {"login": name, "password": passphrase})


def holds_keys(client: Client) -> bool:
    return client.get("/second").status_code == 200


def test_passphrase_and_code_open_the_desk(team: Team):
    assert holds_keys(sign_in_at_the_desk(team.amara))


@pytest.mark.parametrize("name", ["AMARA", " amara ", "Amara\u200b"])
def test_a_sign_in_name_is_read_kindly(team: Team, name):
    give_second_factor(team.amara)
    assert typed(desk_client(), name, PASSPHRASE).headers["Location"] == "/in/second"


@pytest.mark.parametrize(
    "name, passphrase",
    [
        ("Amara", "walnut lantern gravel ostrich"),
        ("Nobody", PASSPHRASE),
        ("", ""),
        ("\u202e", "\x00"),
        ("Amara", "x" * 100_000),
    ],
)
def test_whatever_is_wrong_gets_one_answer(team: Team, name, passphrase):
    give_second_factor(team.amara)
    answer = typed(desk_client(), name, passphrase)
    assert answer.status_code == 200
    assert name in answer.content.decode() or "\u202e" in name


def test_an_unknown_name_costs_the_same_one_run(team: Team, monkeypatch):
    runs = []
    real = passphrases.kdf
    monkeypatch.setattr(passphrases, "kdf", lambda *args: runs.append(1) or real(*args))
    typed(desk_client(), "Amara", "a wrong passphrase of some length")
    typed(desk_client(), "Nobody", "a wrong passphrase of some length")
    assert len(runs) == 2


def test_wrong_guesses_lock_nobody_out(team: Team):
    give_second_factor(team.amara)
    for _ in range(12):
        typed(desk_client(), "Amara", "a guess of some length")
    assert typed(desk_client(), "Amara", PASSPHRASE).status_code == 302


def test_between_the_two_steps_nothing_is_open(team: Team):
    give_second_factor(team.amara)
    client = desk_client()
    typed(client, "Amara", PASSPHRASE)
    assert client.get("/second").headers["Location"].startswith("/in?")


def test_a_wrong_code_opens_nothing(team: Team):
    secret, client = give_second_factor(team.amara), desk_client()
    typed(client, "Amara", PASSPHRASE)
    client.post("/in/second", {"code": f"{(int(code_now(secret)) + 1) % 10**6:06}"})
    assert not holds_keys(client)


def test_a_code_serves_once(team: Team):
    secret = give_second_factor(team.amara)
    code = code_now(secret)
    for _ in range(2):
        client = desk_client()
        typed(client, "Amara", PASSPHRASE)
        client.post("/in/second", {"code": code})
    assert not holds_keys(client)


def test_a_recovery_code_is_a_second_step_too(team: Team):
    client, secret = sign_in_with_secret(team)
    client.post("/in/again", {"code": code_now(secret)})
    code = client.get("/second/recovery/file").content.decode().split()[-1]
    again = desk_client()
    typed(again, "Amara", PASSPHRASE)
    again.post("/in/second", {"code": code})
    assert holds_keys(again)


def test_a_keyring_waits_five_minutes_for_the_second_step(team: Team, monkeypatch):
    secret, client = give_second_factor(team.amara), desk_client()
    typed(client, "Amara", PASSPHRASE)
    monkeypatch.setattr(session, "PENDING_LIFETIME", timedelta(0))
    client.post("/in/second", {"code": code_now(secret)})
    assert client.get("/second").headers["Location"] == "/in?next=/second"
    assert "sign in again" in client.get("/in").content.decode()


def test_without_a_second_factor_nothing_comes_before_setting_it_up(team: Team):
    client = desk_client()
    typed(client, "Amara", PASSPHRASE)
    for path in ("/second", "/events", "/second/recovery"):
        assert client.get(path).headers["Location"] == "/second/set-up"


def test_setting_up_the_second_factor_opens_the_keys(team: Team):
    assert holds_keys(sign_in_with_secret(team)[0])


def test_a_second_factor_is_set_up_once(team: Team):
    client, _secret = sign_in_with_secret(team)
    assert client.get("/second/set-up").status_code == 404


def test_its_secret_lies_sealed(team: Team):
    secret = give_second_factor(team.amara)
    kept = Authenticator.objects.get(user=desk_login(team.amara)).data["secret"]
    assert secret not in kept


def test_new_recovery_codes_take_the_second_factor_once_more(team: Team):
    secret, client = give_second_factor(team.amara), desk_client()
    typed(client, "Amara", PASSPHRASE)
    client.post("/in/second", {"code": code_now(secret)})
    assert client.get("/second/recovery/new").headers["Location"].startswith("/in/again")


def test_whoever_sets_it_up_sees_the_recovery_codes_at_once_and_once(team: Team):
    client, _secret = sign_in_with_secret(team)
    page = client.get("/second/recovery")
    assert page.status_code == 200
    assert len(re.findall(r"\b\d{8}\b", page.content.decode())) == 10
    assert client.get("/second/recovery").headers["Location"].startswith("/in/again")


def test_that_one_look_opens_nothing_else(team: Team):
    client, _secret = sign_in_with_secret(team)
    for path in ("/second/recovery/new", "/second/recovery/file"):
        assert client.get(path).headers["Location"].startswith("/in/again")
    assert client.post("/second/recovery/new").headers["Location"].startswith("/in/again")


def test_that_one_look_ends_after_five_minutes(team: Team, monkeypatch):
    client, _secret = sign_in_with_secret(team)
    monkeypatch.setattr(session, "PENDING_LIFETIME", timedelta(0))
    assert client.get("/second/recovery").headers["Location"].startswith("/in/again")


def test_a_later_sign_in_has_no_such_look(team: Team):
    sign_in_with_secret(team)
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    client = desk_client()
    typed(client, "Amara", PASSPHRASE)
    client.post("/in/second", {"code": kept.get_unused_codes()[0]})
    assert holds_keys(client)
    assert client.get("/second/recovery").headers["Location"].startswith("/in/again")


def test_the_public_host_has_no_passphrase(team: Team):
    client = Client(HTTP_HOST=PUBLIC)
    assert typed(client, "Amara", PASSPHRASE).status_code == 200
    assert "account_login" not in str(client.session.keys())
    assert not client.login(username="Amara", password=PASSPHRASE)


@pytest.mark.parametrize(
    "path",
    [
        "/signup",
        "/in/signup",
        "/password/reset",
        "/in/code",
        "/accounts/signup/",
        "/second/deactivate",
        "/email",
    ],
)
def test_there_is_no_way_round_the_passphrase(path):
    assert desk_client().get(path).status_code == 404


def test_a_participant_s_session_opens_nothing_at_the_desk(team: Team, mailbox: Mailbox):
    client = sign_in_by_mail("amara@example.org", mailbox)
    Login.objects.by_mailbox().update(person=team.amara.person)
    client.defaults["HTTP_HOST"] = "desk.localhost"
    assert client.get("/second").headers["Location"].startswith("/in")
    assert not BrowserSession.objects.filter(session_key=client.session.session_key or "-").exists()


def test_a_staff_session_takes_part_in_nothing(team: Team):
    client = sign_in_at_the_desk(team.amara)
    client.defaults["HTTP_HOST"] = PUBLIC
    assert "Sign in" in client.get("/in").content.decode()


def test_signing_out_closes_the_keys(team: Team):
    client = sign_in_at_the_desk(team.amara)
    client.post("/out")
    assert client.cookies["__Host-vault"].value == ""
    assert client.get("/second").status_code == 302


def test_whoever_left_the_team_opens_nothing_from_that_moment(team: Team):
    client = sign_in_at_the_desk(team.luis)
    end_designation(team.luis, by=None, at=AT)
    assert client.get("/second").headers["Location"].startswith("/in")
    again = desk_client()
    typed(again, "Luis", PASSPHRASE)
    assert not again.session.get("account_login")


def sign_in_with_secret(team: Team) -> tuple[Client, str]:
    """The first sign-in of all, with the second factor set up on the way."""
    client = desk_client()
    typed(client, "Amara", PASSPHRASE)
    page = client.get("/second/set-up").content.decode()
    secret = found(r'<output class="[^"]+">([A-Z2-7]{32})</output>', page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda run, **kwargs: run())
        client.post("/second/set-up", {"code": code_now(secret)})
    return client, secret


@pytest.fixture
def a_full_line():
    """As many passphrases on their way as the server takes."""
    for _ in range(passphrases.IN_LINE):
        passphrases._line.acquire()
    yield
    for _ in range(passphrases.IN_LINE):
        passphrases._line.release()


def test_a_rush_of_sign_ins_holds_up_nobody_else(team: Team, a_full_line):
    answer = typed(desk_client(), "Amara", PASSPHRASE)
    assert answer.status_code == 429
    assert "in a few seconds" in answer.content.decode()
    assert "Amara" in answer.content.decode()
    assert not Entry.objects.filter(verb="refused").exists()


@pytest.fixture
def a_crowd_of_strangers():
    """As many as may wait at the desk's door, and one of them being tried."""
    with ExitStack() as waiting:
        for line in (passphrases._strangers, passphrases._line):
            for _ in range(passphrases.STRANGERS_IN_LINE):
                waiting.enter_context(line)
        waiting.enter_context(passphrases._strangers_at_a_time)
        waiting.enter_context(passphrases._at_a_time)
        yield


def test_strangers_at_the_door_hold_up_whoever_is_known_nowhere(
    team: Team, request: pytest.FixtureRequest
):
    client = sign_in_at_the_desk(team.amara)
    before = client.cookies["__Host-before"].value
    client.post("/lock")
    request.getfixturevalue("a_crowd_of_strangers")
    assert typed(desk_client(), "Amara", PASSPHRASE).status_code == 429
    for name, status in (("Luis", 429), ("Amara", 302)):
        again = desk_client()
        again.cookies["__Host-before"] = before
        assert typed(again, name, PASSPHRASE).status_code == status, "it speaks of one person"
    assert client.post("/locked", {"passphrase": PASSPHRASE}).status_code == 302
    assert client.get("/team").status_code == 200


def test_the_line_is_shorter_than_the_threads_of_the_server(settings):
    assert passphrases.IN_LINE <= settings.CONCORD_THREADS // 2


def test_a_passphrase_is_changed_a_moment_later(team: Team):
    client = sign_in_at_the_desk(team.amara)
    for _ in range(passphrases.IN_LINE):
        passphrases._line.acquire()
    try:
        new = {"current": PASSPHRASE, "new": "a" * 9, "again": "a" * 9}
        assert client.post("/passphrase", new).status_code == 429
    finally:
        for _ in range(passphrases.IN_LINE):
            passphrases._line.release()
    assert client.get("/team").status_code == 200


LONG = "?x=" + "é" * 3000


def test_an_address_too_long_to_come_back_to_is_left_out(team: Team):
    client = desk_client()
    assert client.get(f"/team{LONG}").headers["Location"] == "/in?next=/team"
    assert client.get(f"/in?next=/team{LONG}").status_code == 200
    give_second_factor(team.amara)
    typed = {"login": "Amara", "password": PASSPHRASE, "next": f"/team{LONG}"}
    assert client.post("/in", typed).headers["Location"] == "/in/second"


@pytest.mark.parametrize("path", ["/second/recovery", "/second/recovery/new", "/team", "/in", "/"])
def test_no_long_address_breaks_the_desk(team: Team, path):
    client = sign_in_at_the_desk(team.amara)
    for address in (f"{path}{LONG}", f"{path}?next={'/x' * 2000}"):
        assert client.get(address).status_code in (200, 302, 404)
