"""Passkeys as a second step: made by a device of our own making, which follows the standard byte by byte."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.utils import timezone

from concord.ledger.models import Entry
from concord.people.disconnect_second_factor import disconnect_second_factor
from concord.people.end_designation import end_designation
from concord.people.models import StaffMember
from concord.people.passkeys import device_of
from concord.people.tests.device import Device, asked_on, make_passkey, sign_in_with
from concord.people.tests.team import (
    PASSPHRASE,
    Team,
    code_now,
    desk_client,
    desk_login,
    give_second_factor,
    sign_in_at_the_desk,
)
from concord.vault import copies, keys
from concord.vault.errors import CopyDoesNotOpen

pytestmark = pytest.mark.django_db

STRONG = "walnut lantern gravel ostrich harbour"


@pytest.fixture
def luis(team: Team) -> Client:
    return fresh(team.luis)


@pytest.fixture
def amara(team: Team) -> Client:
    return fresh(team.amara)


@pytest.fixture
def phone(luis: Client) -> Device:
    return make_passkey(luis)


def fresh(staff: StaffMember) -> Client:
    """A browser that has just shown a code once more, as everything about the second step wants it."""
    client = sign_in_at_the_desk(staff)
    codes = RecoveryCodes.activate(desk_login(staff)).get_unused_codes()
    client.post("/in/again", {"code": codes[0]})
    return client


def kept(staff: StaffMember) -> Authenticator:
    return Authenticator.objects.get(user=desk_login(staff), type="webauthn")


def is_in(client: Client) -> bool:
    return client.get("/team").status_code == 200


def test_a_passkey_takes_the_second_step(team: Team, phone: Device):
    assert is_in(sign_in_with(phone, "Luis"))
    assert kept(team.luis).data["sign_count"] == phone.counter


def test_an_app_goes_on_working_beside_it(team: Team, phone: Device):
    Authenticator.objects.filter(user=desk_login(team.luis), type="totp").delete()
    secret, client = give_second_factor(team.luis), desk_client()
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    client.post("/in/second", {"code": code_now(secret)})
    assert is_in(client)


def test_making_one_wants_a_fresh_code(team: Team):
    client = sign_in_at_the_desk(team.luis)
    assert "/in/again" in client.get("/second/passkey").headers["Location"]


def test_the_keys_are_pending_until_the_passkey_was_shown(phone: Device):
    client = desk_client()
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    assert not is_in(client)
    assert client.session["vault"]["pending"] is True


def test_whoever_has_no_second_step_may_begin_with_a_passkey(team: Team):
    client = desk_client()
    client.post("/in", {"login": "Noor", "password": PASSPHRASE})
    assert client.get("/team").headers["Location"] == "/second/set-up"
    with pytest.MonkeyPatch.context() as patch:  # a test's transaction never commits
        patch.setattr("django.db.transaction.on_commit", lambda run, **kwargs: run())
        phone = make_passkey(client)
    assert client.get("/second/recovery").status_code == 200
    assert is_in(client)
    assert is_in(sign_in_with(phone, "Noor"))


def test_what_the_device_answers_lies_nowhere(team: Team, phone: Device):
    stored = json.dumps(kept(team.luis).data) + json.dumps(list(Entry.objects.values("facts")))
    answer = phone.answer_to(copies.question_for(team.luis.person_id))
    assert phone.text(answer) not in stored
    assert "prf" not in stored


def test_a_device_that_can_opens_a_copy_of_the_keys(team: Team, phone: Device):
    holder, device = team.luis.person_id, device_of(kept(team.luis))
    answer = phone.answer_to(copies.question_for(holder))
    opened = copies.open_copy(holder, device=device, answer=answer)
    assert opened.secret() == keys.unlock(holder, PASSPHRASE).secret()
    for whose, said in ((holder, bytes(32)), (holder, b"short"), (team.amara.person_id, answer)):
        with pytest.raises(CopyDoesNotOpen):
            copies.open_copy(whose, device=device, answer=said)


def test_a_device_that_answers_only_later_opens_one_from_its_first_sign_in(team: Team, luis):
    phone = make_passkey(luis, answers=False)
    assert not copies.devices_of(team.luis.person_id)
    sign_in_with(phone, "Luis")
    assert copies.devices_of(team.luis.person_id) == {device_of(kept(team.luis))}


def test_a_device_that_cannot_has_no_copy(team: Team, luis: Client):
    phone = make_passkey(luis, answers=False)
    assert is_in(sign_in_with(phone, "Luis", answers=False))
    assert not copies.devices_of(team.luis.person_id)


def test_somebody_elses_passkey_opens_nothing(phone: Device, amara: Client):
    make_passkey(amara)
    assert not is_in(sign_in_with(phone, "Amara"))


def test_a_passkey_without_its_owner_opens_nothing(phone: Device):
    assert not is_in(sign_in_with(phone, "Luis", verified=False))


def test_an_answer_for_another_host_opens_nothing(phone: Device):
    assert not is_in(sign_in_with(phone, "Luis", origin="https://desk.example.org"))


def test_a_changed_signature_opens_nothing(phone: Device):
    assert not is_in(sign_in_with(phone, "Luis", signature=b"\x00" * 70))


def test_an_assertion_serves_once(phone: Device):
    client = desk_client()
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    sent = phone.shown(asked_on(client.get("/in/second")))
    assert client.post("/in/second", sent).status_code == 302
    client.post("/out")
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    client.get("/in/second")
    client.post("/in/second", sent)
    assert not is_in(client)


def test_a_challenge_is_over_after_ten_minutes(phone: Device, monkeypatch):
    client = desk_client()
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    sent = phone.shown(asked_on(client.get("/in/second")))
    late = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    client.post("/in/second", sent)
    monkeypatch.undo()
    assert not is_in(client)


def test_a_passkey_that_counts_backwards_may_be_a_copy(phone: Device):
    sign_in_with(phone, "Luis")
    phone.counter -= 2
    assert not is_in(sign_in_with(phone, "Luis"))
    assert Entry.objects.filter(facts__rule="PasskeyMayBeCopied").exists()


def test_a_device_that_never_counts_is_welcome(luis: Client):
    phone = make_passkey(luis, counts=False)
    assert is_in(sign_in_with(phone, "Luis"))
    assert is_in(sign_in_with(phone, "Luis"))


def test_no_device_is_two_peoples(team: Team, phone: Device, amara: Client):
    make_passkey(amara, credential_id=phone.id)
    assert not Authenticator.objects.filter(user=desk_login(team.amara), type="webauthn").exists()


def test_a_removed_passkey_opens_nothing_and_its_copy_is_gone(
    team: Team, luis: Client, phone: Device
):
    elsewhere = sign_in_with(phone, "Luis")
    luis.post(f"/second/passkey/{kept(team.luis).pk}/forget")
    assert not Authenticator.objects.filter(user=desk_login(team.luis), type="webauthn").exists()
    assert not copies.devices_of(team.luis.person_id)
    assert not is_in(elsewhere)
    assert is_in(luis)


def test_the_only_second_step_cannot_be_removed(team: Team, luis: Client, phone: Device):
    Authenticator.objects.filter(user=desk_login(team.luis), type="totp").delete()
    answer = luis.post(f"/second/passkey/{kept(team.luis).pk}/forget")
    assert answer.status_code == 409
    assert "your only second step" in answer.content.decode()
    assert kept(team.luis)


def test_nobody_removes_or_names_somebody_elses(team: Team, phone: Device, amara: Client):
    for path in ("", "/forget"):
        theirs = f"/second/passkey/{kept(team.luis).pk}{path}"
        assert amara.get(theirs).status_code == 404
        assert amara.post(theirs, {"name": "mine"}).status_code == 404


def test_it_gets_another_name(team: Team, luis: Client, phone: Device):
    luis.post(f"/second/passkey/{kept(team.luis).pk}", {"name": "the small phone"})
    page = luis.get("/second").content.decode()
    assert "the small phone" in page
    assert "opens your locked desk" in page


def test_a_new_passphrase_destroys_the_copies_and_changes_the_question(
    team: Team, luis: Client, phone: Device
):
    before = copies.question_for(team.luis.person_id)
    luis.post("/passphrase", {"current": PASSPHRASE, "new": STRONG, "again": STRONG})
    assert not copies.devices_of(team.luis.person_id)
    assert copies.question_for(team.luis.person_id) != before
    assert is_in(sign_in_with(phone, "Luis", passphrase=STRONG))
    assert len(copies.devices_of(team.luis.person_id)) == 1


def test_whoever_leaves_leaves_no_copy(team: Team, phone: Device):
    end_designation(team.luis, by=None, at=timezone.now())
    assert not copies.devices_of(team.luis.person_id)


def test_a_lost_phone_leaves_no_copy(team: Team, phone: Device):
    assert disconnect_second_factor(desk_login(team.luis), at=timezone.now()) >= 2
    assert not copies.devices_of(team.luis.person_id)


def test_secrets_of_the_second_step_stay_sealed(team: Team, phone: Device):
    secret = give_second_factor(team.amara)
    rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows


ID = {"id": "AA", "rawId": "AA", "type": "public-key"}
HOSTILE = [
    "",
    "[]",
    "null",
    '"a"',
    "{}",
    '{"response": []}',
    '{"id": 1, "rawId": [], "type": {}, "response": {"clientDataJSON": 1}}',
    json.dumps({**ID, "response": {}}),
    json.dumps(
        {
            **ID,
            "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
        }
    ),
    json.dumps(
        {**ID, "id": "A" * 30_000, "response": {"clientDataJSON": "!", "attestationObject": "oWN"}}
    ),
]


@pytest.mark.parametrize("sent", HOSTILE)
def test_whatever_a_browser_sends_instead_is_answered_in_words(
    luis: Client, phone: Device, sent: str
):
    client = desk_client()
    client.post("/in", {"login": "Luis", "password": PASSPHRASE})
    client.get("/in/second")
    answer = client.post("/in/second", {"credential": sent, "answer": "x"})
    assert answer.status_code == 200
    assert "was not accepted" in answer.content.decode()
    luis.get("/second/passkey")
    assert luis.post("/second/passkey", {"name": "x", "credential": sent}).status_code == 200
