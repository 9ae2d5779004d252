"""A lost passphrase, brought back by two share-holders on the desk's own pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from concord.ledger.models import Entry
from concord.people.bring_in import bring_in
from concord.people.change_passphrase import change_passphrase
from concord.people.finish_recovery import end_recoveries
from concord.people.models import Role, StaffMember
from concord.people.tests.device import make_passkey
from concord.people.tests.team import (
    PASSPHRASE,
    Team,
    code_now,
    desk_client,
    desk_login,
    found,
    give_second_factor,
    sign_in_at_the_desk,
)
from concord.people.tests.test_passkeys import fresh
from concord.vault import ceremony, copies, keys, recovery
from concord.vault.errors import SharesDoNotFit, WrongPassphrase
from concord.vault.models import Ceremony, HandedShare, TypedShare

pytestmark = pytest.mark.django_db

NEW = "walnut lantern gravel ostrich harbour"
OTHER = "pencil monsoon velvet cathedral orbit"


@pytest.fixture
def amara(team: Team) -> Client:
    return sign_in_at_the_desk(team.amara)


@pytest.fixture
def noor(team: Team) -> Client:
    return sign_in_at_the_desk(team.noor)


def begin(who: Client, team: Team, lost: StaffMember | None = None) -> str:
    """Somebody begins it for Luis; his code."""
    chosen = [str(one.id) for one in (team.amara, team.noor, team.olu)]
    page = who.post(f"/team/{(lost or team.luis).id}/lost", {"holders": chosen}).content.decode()
    return found(r'dir="ltr">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})<', page)


def with_code(code: str) -> Client:
    client = desk_client()
    client.post("/lost", {"code": code})
    return client


def chooses(client: Client, passphrase: str = NEW) -> Client:
    client.post("/lost", {"new": passphrase, "again": passphrase})
    return client


def types(who: Client, share: str, **sent: str):
    path = f"/recovery/{Ceremony.objects.get(over_at=None).id}"
    return who.post(path, {"share": share, "compared": "on", **sent})


@pytest.fixture
def luis(team: Team, amara: Client) -> Client:
    """He has a code, and has chosen a new passphrase."""
    return chooses(with_code(begin(amara, team)))


def finish(luis: Client, passphrase: str = NEW):
    return luis.post("/lost", {"passphrase": passphrase})


def test_two_holders_bring_back_what_one_lost(team: Team, amara, noor, luis: Client):
    secret = give_second_factor(team.luis)
    before = keys.public_keys(team.luis.person_id).fingerprint
    assert "0 of 2 shares are in" in luis.get("/lost").content.decode()
    types(amara, team.shares[0])
    assert "1 of 2 shares are in" in luis.get("/lost").content.decode()
    types(noor, team.shares[2].upper())
    assert "Both shares are in" in luis.get("/lost").content.decode()
    assert finish(luis).headers["Location"] == "/in"
    assert keys.public_keys(team.luis.person_id).fingerprint == before
    with pytest.raises(WrongPassphrase):
        keys.unlock(team.luis.person_id, PASSPHRASE)
    luis.post("/in", {"login": "Luis", "password": NEW})
    assert luis.get("/team").status_code == 302
    luis.post("/in/second", {"code": code_now(secret)})
    assert luis.get("/team").status_code == 200


def test_the_recovery_key_is_new_and_each_new_share_waits_for_one_person(
    team: Team, amara, noor, luis: Client
):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(luis)
    olu = sign_in_at_the_desk(team.olu)
    shares = []
    for holder in (amara, noor, olu):
        assert "A share of the recovery key waits" in holder.get("/team").content.decode()
        assert "<output" not in holder.get("/share").content.decode()
        shares.append(
            found(r'<bdi dir="ltr">([a-z ]+)</bdi>', holder.post("/share").content.decode())
        )
        holder.post("/share", {"taken": "on"})
        assert holder.get("/share").status_code == 404
    assert len(set(shares)) == 3
    assert not HandedShare.objects.exists()
    assert recovery.in_force(recovery.combine([shares[0], shares[2]]))
    with pytest.raises(SharesDoNotFit):
        recovery.in_force(recovery.combine(team.shares[:2]))


def test_nobody_else_finds_a_share(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(luis)
    assert sign_in_at_the_desk(team.ivo).get("/share").status_code == 404


def test_neither_holder_sees_what_the_other_typed(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    path = f"/recovery/{Ceremony.objects.get().id}"
    for page in (amara.get(path), noor.get(path), luis.get("/lost"), amara.get("/team")):
        assert team.shares[0].split()[3] not in page.content.decode().split()


def test_both_compare_what_stands_on_the_screen_of_whoever_lost_it(
    team: Team, amara, noor, luis: Client
):
    words = found(r'id="words">([0-9a-f ]{19})<', luis.get("/lost").content.decode())
    path = f"/recovery/{Ceremony.objects.get().id}"
    assert words in noor.get(path).content.decode()
    types(noor, team.shares[0], compared="")
    assert not TypedShare.objects.exists()


def test_what_lies_there_opens_with_the_new_passphrase_alone(team: Team, amara, luis: Client, noor):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    row = Ceremony.objects.get()
    stored = b"".join(
        bytes(value) for value in (row.sealed_private, *(one.sealed for one in row.typed.all()))
    )
    for share in team.shares:
        assert share.split()[4].encode() not in stored
    with pytest.raises(WrongPassphrase):
        ceremony.put_together(row, OTHER, at=timezone.now())
    assert finish(luis, OTHER).status_code == 403
    assert keys.unlock(team.luis.person_id, PASSPHRASE)


def test_one_holder_twice_is_not_two(team: Team, amara, luis: Client):
    types(amara, team.shares[0])
    assert types(amara, team.shares[1]).status_code == 409
    assert TypedShare.objects.count() == 1


def test_one_share_twice_is_not_two(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    assert types(noor, team.shares[0]).status_code == 409
    assert TypedShare.objects.count() == 1


def test_a_third_share_is_not_taken(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    assert types(sign_in_at_the_desk(team.olu), team.shares[2]).status_code == 409


def test_whoever_lost_it_types_no_share(team: Team, amara, luis: Client):
    theirs = sign_in_at_the_desk(team.luis)  # a session from before
    path = f"/recovery/{Ceremony.objects.get().id}"
    assert theirs.get(path).status_code == 404
    assert theirs.post(path, {"share": team.shares[0], "compared": "on"}).status_code == 404


@pytest.mark.parametrize("words", ["", "academic acid", "x" * 999, "зима " * 20, "\x00"])
def test_words_that_are_no_share_are_told_so(team: Team, amara, luis: Client, words: str):
    answer = types(amara, words)
    assert answer.status_code in (200, 409)
    assert not TypedShare.objects.exists()


def test_a_slip_of_the_pen_shows_at_once(team: Team, amara, luis: Client):
    words = team.shares[0].split()
    words[5], words[6] = words[6], words[5]
    assert "no share" in types(amara, " ".join(words)).content.decode()


def test_a_share_of_another_key_does_not_fit_the_first(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    _remade(team)
    assert types(noor, team.now[1]).status_code == 409
    assert TypedShare.objects.count() == 1


def _remade(team: Team) -> None:
    team.now = recovery.remake(secret=team.recovery, at=timezone.now())  # type: ignore[attr-defined]


def test_shares_of_an_earlier_key_open_nothing_and_are_typed_anew(team: Team, amara, noor, luis):
    _remade(team)
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    assert "belong to an earlier key" in finish(luis).content.decode()
    assert not TypedShare.objects.exists()
    types(amara, team.now[0])
    types(noor, team.now[1])
    assert finish(luis).status_code == 302


def test_it_is_done_once(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(luis)
    again = finish(luis)
    assert again.status_code == 200
    assert Entry.objects.filter(verb="vault.finish_ceremony").count() == 1
    assert not TypedShare.objects.exists()
    row = Ceremony.objects.get()
    assert bytes(row.sealed_private) == bytes(row.public) == b""


def test_a_crash_half_way_leaves_everything_as_it_was(team: Team, amara, noor, luis, monkeypatch):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    handed = []

    def breaks(share: str, **rest: object) -> None:
        handed.append(share)
        if len(handed) == 2:
            raise RuntimeError

    monkeypatch.setattr(ceremony, "_hand_over", breaks)
    with pytest.raises(RuntimeError):
        finish(luis)
    monkeypatch.undo()
    assert keys.unlock(team.luis.person_id, PASSPHRASE)
    assert recovery.in_force(team.recovery)
    assert not HandedShare.objects.exists()
    assert finish(luis).status_code == 302


def test_it_is_over_after_a_day(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    late = timezone.now() + timedelta(hours=24, minutes=1)
    assert end_recoveries(at=late) == 1
    assert not TypedShare.objects.exists()
    assert luis.get("/lost").content.decode().count("Both shares are in") == 0
    assert luis.post("/lost", {"passphrase": NEW}).status_code == 200
    assert keys.unlock(team.luis.person_id, PASSPHRASE)


def test_late_is_late_also_before_the_clock_has_struck(team: Team, amara, noor, luis):
    types(amara, team.shares[0])
    Ceremony.objects.update(dies_at=timezone.now())
    path = f"/recovery/{Ceremony.objects.get().id}"
    assert noor.post(path, {"share": team.shares[1], "compared": "on"}).status_code == 404


def test_anybody_designated_stops_it(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    path = f"/recovery/{Ceremony.objects.get().id}/stop"
    assert sign_in_at_the_desk(team.vera).post(path).status_code == 404
    noor.post(path)
    assert not TypedShare.objects.exists()
    assert not ceremony.alive(timezone.now())


def test_beginning_anew_ends_what_was_begun(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    begin(noor, team)
    assert not TypedShare.objects.exists()
    assert len(ceremony.alive(timezone.now())) == 1
    assert "Code" in luis.get("/lost").content.decode()


def test_another_choice_of_passphrase_wants_the_shares_again(team: Team, amara, luis: Client):
    types(amara, team.shares[0])
    chooses(luis, OTHER)
    assert not TypedShare.objects.exists()


@pytest.mark.parametrize("weak", ["", "password", "luis luis luis"])
def test_a_passphrase_that_could_be_guessed_is_refused(team: Team, amara, weak: str):
    client = chooses(with_code(begin(amara, team)), weak)
    assert not bytes(Ceremony.objects.get(over_at=None).public)
    assert "New passphrase" in client.get("/lost").content.decode()


@pytest.mark.parametrize("code", ["", "AAAA", "0000-0000-0000-0000-0000", "x" * 60, "ٱ" * 20])
def test_a_wrong_code_opens_nothing_and_tells_nothing(team: Team, amara, code: str):
    begin(amara, team)
    page = with_code(code).get("/lost").content.decode()
    assert "Luis" not in page
    assert "New passphrase" not in page


def test_a_code_serves_one_browser(team: Team, amara: Client):
    code = begin(amara, team)
    luis = chooses(with_code(code))
    giver = with_code(code)
    assert "was used" in giver.post("/lost", {"code": code}).content.decode()
    before = bytes(Ceremony.objects.get().public)
    chooses(giver, OTHER)
    assert bytes(Ceremony.objects.get().public) == before
    assert "0 of 2 shares are in" in luis.get("/lost").content.decode()


def test_who_may_begin_it(team: Team):
    for name, status in (("noor", 200), ("vera", 404), ("ivo", 404), ("olu", 404)):
        client = sign_in_at_the_desk(getattr(team, name))
        assert client.get(f"/team/{team.luis.id}/lost").status_code == status, name


def test_nobody_begins_it_for_themself(team: Team, amara: Client):
    assert amara.get(f"/team/{team.amara.id}/lost").status_code == 404


@pytest.mark.parametrize(
    "holders", [["amara"], ["amara", "noor"], ["amara", "noor", "olu", "vera"]]
)
def test_each_share_goes_to_another_person(team: Team, amara: Client, holders: list[str]):
    chosen = [str(getattr(team, name).id) for name in holders]
    answer = amara.post(f"/team/{team.luis.id}/lost", {"holders": chosen})
    assert "choose as many people" in answer.content.decode()
    assert not Ceremony.objects.exists()


def test_everything_open_under_the_old_passphrase_closes(team: Team, amara, noor):
    client = fresh(team.luis)
    make_passkey(client)
    assert copies.devices_of(team.luis.person_id)
    luis = chooses(with_code(begin(amara, team)))
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(luis)
    assert not copies.devices_of(team.luis.person_id)
    assert not Session.objects.filter(pk=client.session.session_key).exists()
    assert not desk_login(team.luis).others_know_passphrase


def test_who_lost_the_words_handed_over_still_gets_keys_that_those_do_not_open(
    team: Team, amara, noor
):
    kim = bring_in(
        working_name="Kim",
        handle="kim",
        role=Role.STAFF,
        languages=["en"],
        is_lead=False,
        countersigner=None,
        by=team.amara,
        at=timezone.now(),
    ).staff
    client = chooses(with_code(begin(amara, team, kim)))
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(client)
    assert desk_login(kim).others_know_passphrase
    handed_over = keys.unlock(kim.person_id, NEW)
    own = change_passphrase(kim, current=NEW, new=OTHER, at=timezone.now())
    assert own.key_id != handed_over.key_id
    assert not desk_login(kim).others_know_passphrase


def test_all_of_it_is_kept_and_none_of_the_words(team: Team, amara, noor, luis: Client):
    types(amara, team.shares[0])
    types(noor, team.shares[1])
    finish(luis)
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    for verb in (
        "vault.begin_ceremony",
        "vault.type_share",
        "vault.recover_passphrase",
        "vault.remake_recovery",
        "vault.finish_ceremony",
    ):
        assert verb in verbs
    assert verbs.count("vault.type_share") == 2
    facts = str(list(Entry.objects.values_list("facts", flat=True)))
    assert not any(share.split()[4] in facts for share in team.shares)
