"""The team's pages at the desk: bringing somebody in, vouching for their keys, leaving, another passphrase."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from concord.ledger.models import Entry
from concord.people.declare_tie import declare_tie
from concord.people.disconnect_second_factor import disconnect_second_factor
from concord.people.end_designation import end_designation
from concord.people.models import Login, StaffMember
from concord.people.own_ties import own_ties
from concord.people.tests.team import (
    AT,
    PASSPHRASE,
    Team,
    code_now,
    desk_client,
    desk_login,
    found,
    give_second_factor,
    sign_in_at_the_desk,
)
from concord.people.vouch_for import (
    BroughtThemIn,
    NoLongerDesignated,
    NotYoursToVouch,
    vouch_for,
)
from concord.vault import files, keys
from concord.vault.errors import NoGrant, NoKey, WrongPassphrase
from concord.vault.keyring import Keyring

pytestmark = pytest.mark.django_db

KIM = {"working_name": "Kim", "handle": "Kim", "role": "staff", "languages": ["en", "ar"]}


@pytest.fixture
def lead(team: Team) -> Client:
    return sign_in_at_the_desk(team.amara)


def bring_kim_in(lead: Client) -> tuple[StaffMember, str]:
    page = lead.post("/team/new", KIM).content.decode()
    return StaffMember.objects.get(working_name="Kim"), found(r'id="passphrase">([a-z ]+)<', page)


def test_a_lead_brings_somebody_in_and_sees_the_passphrase_once(team: Team, lead: Client):
    kim, passphrase = bring_kim_in(lead)
    assert len(passphrase.split()) == 7
    assert kim.designated_by == team.amara.person_id
    assert kim.languages == ["en", "ar"]
    assert keys.unlock(kim.person_id, passphrase)
    assert passphrase not in lead.get("/team").content.decode()
    assert passphrase not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_their_keys_wait_until_a_colleague_has_compared_the_fingerprint(team: Team, lead: Client):
    kim, passphrase = bring_kim_in(lead)
    with pytest.raises(NoKey):
        keys.public_keys(kim.person_id)
    handed_over, first = waiting_for(kim), keys.unlock(kim.person_id, passphrase)
    colleague = sign_in_at_the_desk(team.noor)
    for page in ("/team", f"/team/{kim.id}/keys"):
        assert handed_over not in colleague.get(page).content.decode()
    early = colleague.post(f"/team/{kim.id}/keys", {"compared": "on", "fingerprint": handed_over})
    assert early.status_code == 409
    assert "passphrase of their own" in early.content.decode()

    newcomer = first_sign_in("kim", passphrase)
    declare_tie(kim, person=team.vera.person, called="Vera", at=later(kim))
    take_own_passphrase(newcomer, passphrase)
    fingerprint = waiting_for(kim)
    assert fingerprint != handed_over
    assert fingerprint in newcomer.get("/team").content.decode()
    assert fingerprint in colleague.get(f"/team/{kim.id}/keys").content.decode()
    assert colleague.post(f"/team/{kim.id}/keys", {"fingerprint": fingerprint}).status_code == 200
    of_old = {"compared": "on", "fingerprint": handed_over}
    assert colleague.post(f"/team/{kim.id}/keys", of_old).status_code == 409
    with pytest.raises(NoKey):
        keys.public_keys(kim.person_id)
    confirm(colleague, kim)
    assert keys.public_keys(kim.person_id).countersigner == team.noor.person_id

    own = keys.unlock(kim.person_id, STRONG)
    file = files.open_file(readers=[kim.person_id], at=later(kim))
    sealed = files.seal(file.id, b"words", about="here")
    assert files.unseal(file.id, sealed, about="here", keyring=own) == b"words"
    with pytest.raises(NoGrant):  # whoever kept the first words, and that day's copy of the rows
        files.unseal(file.id, sealed, about="here", keyring=first)
    assert [one.called for one in own_ties(kim, keyring=own)] == ["Vera"]


def waiting_for(staff: StaffMember) -> str:
    waiting = keys.waiting(staff.person_id)
    assert waiting is not None
    return waiting.fingerprint


def confirm(colleague: Client, staff: StaffMember) -> HttpResponse:
    typed = {"compared": "on", "fingerprint": waiting_for(staff)}
    return colleague.post(f"/team/{staff.id}/keys", typed)


def first_sign_in(handle: str, passphrase: str) -> Client:
    """Passphrase, then the app is connected: the way of everybody's first day."""
    client = desk_client()
    client.post("/in", {"login": handle, "password": passphrase})
    secret = re.search(r">([A-Z2-7]{32})<", client.get("/second/set-up").content.decode())
    assert secret is not None
    with pytest.MonkeyPatch.context() as patch:  # a test's transaction never commits
        patch.setattr("django.db.transaction.on_commit", lambda run, **kwargs: run())
        client.post("/second/set-up", {"code": code_now(secret[1])})
    return client


def take_own_passphrase(newcomer: Client, passphrase: str) -> Client:
    """Without it the desk stays shut, and until they have said that they keep what they read."""
    typed = {"current": passphrase, "new": STRONG, "again": STRONG}
    assert newcomer.post("/passphrase", typed).status_code == 302
    assert newcomer.get("/team").headers["Location"] == "/discretion"
    assert newcomer.post("/discretion").status_code == 302
    return newcomer


def test_whoever_was_handed_a_passphrase_takes_their_own_before_anything_opens(lead: Client):
    _kim, passphrase = bring_kim_in(lead)
    newcomer = first_sign_in("kim", passphrase)
    assert newcomer.get("/second/recovery").status_code == 200
    for path in ("/", "/team", "/second", "/watch", "/policy", "/decisions"):
        assert newcomer.get(path).headers["Location"] == "/passphrase"
    assert newcomer.post("/team/new", KIM).headers["Location"] == "/passphrase"
    page = newcomer.get("/passphrase").content.decode()
    assert "First take a passphrase that nobody else has seen." in page
    same = {"current": passphrase, "new": passphrase.upper(), "again": passphrase.upper()}
    assert "the passphrase you have now" in newcomer.post("/passphrase", same).content.decode()
    assert newcomer.get("/team").headers["Location"] == "/passphrase"
    take_own_passphrase(newcomer, passphrase)
    assert newcomer.get("/team").status_code == 200


def test_another_passphrase_ends_what_is_open_elsewhere(team: Team):
    here, elsewhere = two_browsers(team)
    typed = {"current": PASSPHRASE, "new": STRONG, "again": STRONG}
    assert here.post("/passphrase", typed).status_code == 302
    assert here.get("/team").status_code == 200
    assert elsewhere.get("/team").status_code == 302
    assert not Session.objects.filter(pk=elsewhere.session.session_key).exists()


def test_signing_out_in_one_browser_signs_out_in_all(team: Team, lead: Client):
    here, elsewhere = two_browsers(team)
    half_way = desk_client()
    half_way.post("/in", {"login": "Luis", "password": PASSPHRASE})
    here.post("/out")
    assert elsewhere.get("/team").status_code == 302
    assert not Session.objects.filter(pk=half_way.session.session_key).exists()
    assert lead.get("/team").status_code == 200


def two_browsers(team: Team) -> tuple[Client, Client]:
    """Luis, signed in twice."""
    here, elsewhere = sign_in_at_the_desk(team.luis), desk_client()
    codes = RecoveryCodes.activate(desk_login(team.luis)).get_unused_codes()
    elsewhere.post("/in", {"login": "Luis", "password": PASSPHRASE})
    elsewhere.post("/in/second", {"code": codes[0]})
    assert elsewhere.get("/team").status_code == 200
    return here, elsewhere


def test_nobody_confirms_their_own_keys(lead: Client):
    kim, passphrase = bring_kim_in(lead)
    newcomer = take_own_passphrase(first_sign_in("kim", passphrase), passphrase)
    assert confirm(newcomer, kim).status_code == 404


def test_somebody_whose_keys_do_not_count_vouches_for_nobody(team: Team, lead: Client):
    kim, passphrase = bring_kim_in(lead)
    lead.post("/team/new", KIM | {"working_name": "Lea", "handle": "lea"})
    lea = StaffMember.objects.get(working_name="Lea")
    with pytest.raises(NoKey):
        vouched(lea, by=kim, keyring=keys.unlock(kim.person_id, passphrase))


def vouched(staff: StaffMember, *, by: StaffMember, keyring: Keyring) -> None:
    """By somebody who has compared, once they have a passphrase of their own."""
    Login.objects.at_the_desk().filter(person=staff.person).update(others_know_passphrase=False)
    at = staff.ended_at or later(staff)
    compared = getattr(keys.waiting(staff.person_id), "fingerprint", "")
    vouch_for(staff, compared=compared, by=by, keyring=keyring, at=at)


def test_who_keeps_the_machines_vouches_for_nobody(team: Team, lead: Client):
    kim, _ = bring_kim_in(lead)
    keeper = sign_in_at_the_desk(team.ivo)
    assert keeper.get(f"/team/{kim.id}/keys").status_code == 404
    keyring = keys.unlock(team.ivo.person_id, PASSPHRASE)
    with pytest.raises(NotYoursToVouch):
        vouched(kim, by=team.ivo, keyring=keyring)


def test_keys_are_vouched_for_once(team: Team, lead: Client):
    kim, _ = bring_kim_in(lead)
    keyring = keys.unlock(team.luis.person_id, PASSPHRASE)
    vouched(kim, by=team.luis, keyring=keyring)
    with pytest.raises(NoKey):
        vouched(kim, by=team.luis, keyring=keyring)


def test_keys_of_somebody_who_left_are_not_vouched_for(team: Team, lead: Client):
    kim, _ = bring_kim_in(lead)
    end_designation(kim, by=None, at=timezone.now())
    kim.refresh_from_db()
    keyring = keys.unlock(team.luis.person_id, PASSPHRASE)
    with pytest.raises(NoLongerDesignated):
        vouched(kim, by=team.luis, keyring=keyring)


def later(staff: StaffMember):
    return staff.designated_at


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_only_who_plans_brings_somebody_in(team: Team, who):
    client = sign_in_at_the_desk(getattr(team, who))
    assert client.post("/team/new", KIM).status_code == 404
    assert "Bring somebody in" not in client.get("/team").content.decode()


def test_what_is_refused_comes_back_in_words_and_leaves_nothing(team: Team, lead: Client):
    page = lead.post("/team/new", KIM | {"handle": "luis"}).content.decode()
    assert "sign-in name is taken" in page
    assert not StaffMember.objects.filter(working_name="Kim").exists()


def test_the_team_is_not_there_for_others(team: Team):
    assert Client(HTTP_HOST="localhost").get("/team").status_code == 404
    assert desk_client().get("/team").status_code == 302


def test_whoever_leaves_has_no_keys_and_no_way_in(team: Team, lead: Client):
    assert lead.post(f"/team/{team.luis.id}/end", {}).status_code == 200
    assert StaffMember.objects.get(id=team.luis.id).ended_at is None
    lead.post(f"/team/{team.luis.id}/end", {"sure": "on"})
    assert StaffMember.objects.get(id=team.luis.id).ended_at is None, "one alone ends nobody"
    sign_in_at_the_desk(team.noor).post(f"/team/{team.luis.id}/leaving", {"sure": "on"})
    with pytest.raises(NoKey):
        keys.public_keys(team.luis.person_id)
    with pytest.raises(WrongPassphrase):
        keys.unlock(team.luis.person_id, PASSPHRASE)


def test_another_passphrase_opens_the_same_keys(team: Team):
    client = sign_in_at_the_desk(team.luis)
    offered = found(r'id="offered">([a-z ]+)<', client.get("/passphrase").content.decode())
    before = keys.public_keys(team.luis.person_id).fingerprint
    answer = client.post("/passphrase", {"current": PASSPHRASE, "new": offered, "again": offered})
    assert answer.status_code == 302
    assert keys.unlock(team.luis.person_id, offered)
    assert keys.public_keys(team.luis.person_id).fingerprint == before
    with pytest.raises(WrongPassphrase):
        keys.unlock(team.luis.person_id, PASSPHRASE)
    assert client.get("/team").status_code == 200


STRONG = "walnut lantern gravel ostrich harbour"


@pytest.mark.parametrize(
    "typed, words",
    [
        ({"current": "another one", "new": STRONG, "again": STRONG}, "do not go together"),
        ({"current": PASSPHRASE, "new": "luis", "again": "luis"}, "could be guessed"),
        ({"current": PASSPHRASE, "new": STRONG, "again": "walnut"}, "The two new ones differ"),
    ],
)
def test_a_passphrase_that_will_not_do_changes_nothing(team: Team, typed, words):
    client = sign_in_at_the_desk(team.luis)
    page = client.post("/passphrase", typed).content.decode()
    assert words in page
    assert STRONG not in page
    assert keys.unlock(team.luis.person_id, PASSPHRASE)


def test_a_lost_phone_is_forgotten_and_the_ledger_says_so(team: Team):
    give_second_factor(team.luis)
    assert disconnect_second_factor(desk_login(team.luis), at=AT) == 1
    assert disconnect_second_factor(desk_login(team.luis), at=AT) == 0
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(verb="people.disconnect_second_factor").count() == 1
    assert Login.objects.filter(person=team.luis.person).exists()


def test_who_brought_somebody_in_cannot_be_the_second_person_by_vouching(team: Team, lead: Client):
    kim, passphrase = bring_kim_in(lead)
    take_own_passphrase(first_sign_in("kim", passphrase), passphrase)
    answer = confirm(lead, kim)
    assert answer.status_code == 403
    assert "Somebody else has to compare" in answer.content.decode()
    with pytest.raises(NoKey):
        keys.public_keys(kim.person_id)
    amara = keys.unlock(team.amara.person_id, PASSPHRASE)
    with pytest.raises(BroughtThemIn):
        vouched(kim, by=team.amara, keyring=amara)
    colleague = sign_in_at_the_desk(team.noor)
    assert f"/team/{kim.id}/keys" in colleague.get("/team").content.decode()
    assert f"/team/{kim.id}/keys" not in lead.get("/team").content.decode()
