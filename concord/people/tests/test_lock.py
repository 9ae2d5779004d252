"""A desk that locks: the key is gone, nothing shows, what was typed waits, and one touch leads back to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from concord.people.close_desks import close_desks
from concord.people.end_designation import end_designation
from concord.people.keep_draft import KEPT_FOR, forget_drafts
from concord.people.locked import BY_ITSELF
from concord.people.models import Draft, OpenDesk
from concord.people.plan_shift import plan_shift
from concord.people.shift_ends import shift_ends
from concord.people.tests.device import Device, asked_on, make_passkey
from concord.people.tests.team import (
    AT,
    DESK,
    PASSPHRASE,
    Team,
    desk_client,
    sign_in_at_the_desk,
)
from concord.people.tests.test_passkeys import fresh, kept
from concord.vault import copies, keys

pytestmark = pytest.mark.django_db

HERE = "/team"
NOTE = {"working_name": "كيم, who joins on Monday", "handle": "kim"}


@pytest.fixture
def luis(team: Team) -> Client:
    return fresh(team.luis)


@pytest.fixture
def phone(luis: Client) -> Device:
    return make_passkey(luis)


def hours_pass(client: Client, **span: float) -> None:
    """Nobody has been at this desk for so long: what a clock would have done."""
    kept = client.session
    row = dict(kept["vault"])
    row["seen_at"] = (datetime.fromisoformat(row["seen_at"]) - timedelta(**span)).isoformat()
    kept["vault"] = row
    kept.save()


def is_locked(client: Client, path: str = HERE) -> bool:
    answer = client.get(path)
    return answer.status_code == 302 and answer.headers["Location"].startswith("/locked?next=")


def touch(client: Client, phone: Device, next_path: str = HERE, **shown):
    asked = asked_on(client.get(f"/locked?next={quote(next_path)}"))
    return client.post("/locked", {"next": next_path, **phone.shown(asked, **shown)})


def test_it_locks_when_nobody_was_there_for_a_while(luis: Client):
    hours_pass(luis, minutes=9)
    assert luis.get(HERE).status_code == 200
    hours_pass(luis, minutes=11)
    assert is_locked(luis)


def test_locked_means_that_the_key_is_gone(luis: Client):
    luis.post("/lock", {"page": HERE})
    assert "sealed" not in luis.session["vault"]
    assert "__Host-vault" not in {name for name, one in luis.cookies.items() if one.value}


def test_the_session_table_alone_opens_nothing(team: Team, luis: Client):
    stored = Session.objects.get(pk=luis.session.session_key).get_decoded()
    secret = keys.unlock(team.luis.person_id, PASSPHRASE).secret()
    assert secret not in json.dumps(stored).encode()
    luis.cookies.pop("__Host-vault")
    assert is_locked(luis)


def test_what_a_page_fetches_by_itself_keeps_nothing_open(luis: Client):
    hours_pass(luis, minutes=4)
    assert luis.get(HERE, headers={"HX-Request": "true"}).status_code == 200
    hours_pass(luis, minutes=4)
    assert luis.get(f"/watch?{BY_ITSELF}=yes").status_code == 200  # where no script runs
    hours_pass(luis, minutes=4)
    answer = luis.get(
        HERE,
        headers={"HX-Request": "true", "HX-Current-URL": f"http://{DESK}/watch?room=1"},
    )
    assert answer.headers["HX-Redirect"] == "/locked?next=%2Fwatch%3Froom%3D1"
    assert answer.content == b""


def test_a_page_that_is_read_says_that_somebody_is_there(luis: Client):
    hours_pass(luis, minutes=9)
    assert luis.post("/here").status_code == 204
    hours_pass(luis, minutes=9)
    assert luis.get(HERE).status_code == 200
    hours_pass(luis, minutes=11)
    assert luis.post("/here").status_code == 205


def test_a_locked_desk_shows_nothing(team: Team, luis: Client):
    luis.post("/lock", {"page": HERE})
    page = luis.get(f"/locked?next={HERE}").content.decode()
    for word in ("Luis", "Amara", "Inbox", "Team"):
        assert word not in page
    for path in ("/", "/watch", "/decisions", HERE, "/second", "/passphrase"):
        assert is_locked(luis, path), path


def test_a_passkey_opens_it_and_leads_to_exactly_where_one_was(luis: Client, phone: Device):
    luis.post("/lock", {"page": "/team?x=1"})
    answer = touch(luis, phone, "/team?x=1#kept")
    assert answer.headers["Location"] == "/team?x=1#kept"
    assert luis.get(HERE).status_code == 200


def test_the_passphrase_opens_it_as_well(luis: Client):
    luis.post("/lock", {"page": HERE})
    wrong = luis.post("/locked", {"next": HERE, "passphrase": "not it at all"})
    assert wrong.status_code == 403
    assert "did not open" in wrong.content.decode()
    assert is_locked(luis)
    answer = luis.post("/locked", {"next": HERE, "passphrase": PASSPHRASE})
    assert answer.headers["Location"] == HERE
    assert luis.get(HERE).status_code == 200


def test_a_passkey_whose_device_cannot_answer_does_not(luis: Client):
    phone = make_passkey(luis, answers=False)
    luis.post("/lock", {"page": HERE})
    answer = touch(luis, phone, answers=False)
    assert "Your passphrase does" in answer.content.decode()
    assert is_locked(luis)


@pytest.mark.parametrize(
    "wrong", [{"verified": False}, {"origin": "https://a.example"}, {"signature": b"\x30" * 70}]
)
def test_nor_does_one_that_is_not_shown_right(luis: Client, phone: Device, wrong):
    luis.post("/lock", {"page": HERE})
    touch(luis, phone, **wrong)
    assert is_locked(luis)


def test_nor_somebody_elses(team: Team, luis: Client, phone: Device):
    theirs = fresh(team.amara)
    other = make_passkey(theirs)
    luis.post("/lock", {"page": HERE})
    touch(luis, other)
    assert is_locked(luis)


def test_a_right_assertion_with_another_answer_opens_nothing(luis: Client, phone: Device):
    luis.post("/lock", {"page": HERE})
    sent = phone.shown(asked_on(luis.get("/locked")))
    luis.post("/locked", {**sent, "answer": phone.text(bytes(32)), "next": HERE})
    assert is_locked(luis)


def test_a_right_answer_without_the_assertion_opens_nothing(
    team: Team, luis: Client, phone: Device
):
    answer = phone.text(phone.answer_to(copies.question_for(team.luis.person_id)))
    luis.post("/lock", {"page": HERE})
    luis.get("/locked")
    luis.post("/locked", {"credential": "{}", "answer": answer, "next": HERE})
    assert is_locked(luis)


def test_an_assertion_opens_it_once(luis: Client, phone: Device):
    luis.post("/lock", {"page": HERE})
    sent = {**phone.shown(asked_on(luis.get("/locked"))), "next": HERE}
    assert luis.post("/locked", sent).status_code == 302
    luis.post("/lock", {"page": HERE})
    luis.post("/locked", sent)
    assert is_locked(luis)
    luis.get("/locked")
    luis.post("/locked", sent)
    assert is_locked(luis)


def test_a_copy_of_the_passkey_shows_by_its_count(luis: Client, phone: Device):
    luis.post("/lock", {"page": HERE})
    touch(luis, phone)
    luis.post("/lock", {"page": HERE})
    phone.counter -= 3
    refused = touch(luis, phone)
    assert refused.status_code == 403
    assert "What you wrote" not in refused.content.decode()  # the answer opens a copy of their keys
    assert is_locked(luis)


def test_a_removed_passkey_opens_no_desk(luis: Client, phone: Device, team: Team):
    luis.post(f"/second/passkey/{kept(team.luis).pk}/forget")
    luis.post("/lock", {"page": HERE})
    page = luis.get("/locked").content.decode()
    assert "data-asked" not in page
    assert "Passphrase" in page


def test_it_leads_nowhere_but_to_this_desk(luis: Client):
    luis.post("/lock", {"page": HERE})
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "x" * 400):
        answer = luis.post("/locked", {"next": away, "passphrase": PASSPHRASE})
        assert answer.headers["Location"] == "/"
        luis.post("/lock", {"page": away})


def test_it_ends_with_the_shift_whatever_happens(team: Team, luis: Client, phone: Device):
    ends = datetime.fromisoformat(luis.session["vault"]["ends_at"])
    luis.post("/lock", {"page": HERE})
    with at(ends + timedelta(seconds=1)):
        answer = luis.get(HERE)
        assert answer.headers["Location"].startswith("/in?next=")
    assert luis.get(HERE).status_code == 302


def test_reopening_moves_the_end_nowhere(luis: Client, phone: Device):
    before = luis.session["vault"]["ends_at"]
    luis.post("/lock", {"page": HERE})
    touch(luis, phone)
    assert luis.session["vault"]["ends_at"] == before


def test_an_end_that_was_moved_in_the_table_opens_nothing(luis: Client):
    stored = luis.session
    stored["vault"] = {
        **stored["vault"],
        "ends_at": (timezone.now() + timedelta(days=9)).isoformat(),
    }
    stored.save()
    assert is_locked(luis)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """For what happens inside, it is another time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: moment)
        yield


def test_a_shift_lasts_four_hours_and_the_time_to_hand_over(team: Team):
    luis = team.luis.person_id
    assert shift_ends(luis, at=AT) == AT + timedelta(hours=4, minutes=30)
    plan_shift(
        team.luis,
        convening=None,
        starts_at=AT - timedelta(hours=2),
        ends_at=AT + timedelta(hours=1),
        by=team.amara,
        at=AT,
    )
    assert shift_ends(luis, at=AT) == AT + timedelta(hours=1, minutes=30)


def test_a_long_shift_on_the_roster_keeps_nothing_open_longer(team: Team):
    plan_shift(
        team.luis,
        convening=None,
        starts_at=AT,
        ends_at=AT + timedelta(hours=12),
        by=team.amara,
        at=AT,
    )
    assert shift_ends(team.luis.person_id, at=AT) == AT + timedelta(hours=4, minutes=30)


def test_whoever_comes_for_the_hand_over_stays_for_their_shift(team: Team):
    plan_shift(
        team.luis,
        convening=None,
        starts_at=AT + timedelta(minutes=20),
        ends_at=AT + timedelta(hours=3),
        by=team.amara,
        at=AT,
    )
    assert shift_ends(team.luis.person_id, at=AT) == AT + timedelta(hours=3, minutes=30)


def test_where_nobody_comes_back_the_keys_leave_all_the_same(luis: Client, team: Team):
    key = luis.session.session_key
    assert close_desks(at=timezone.now()) == 0
    assert close_desks(at=timezone.now() + timedelta(minutes=11)) == 1
    assert "sealed" not in Session.objects.get(pk=key).get_decoded()["vault"]
    assert not OpenDesk.objects.exists()
    assert close_desks(at=timezone.now() + timedelta(minutes=12)) == 0
    assert is_locked(luis)


def test_a_desk_that_is_opened_again_is_closed_again(luis: Client, phone: Device):
    close_desks(at=timezone.now() + timedelta(minutes=11))
    touch(luis, phone)
    assert close_desks(at=timezone.now() + timedelta(minutes=11)) == 1


def test_what_was_sent_to_a_locked_desk_waits_for_its_writer(team: Team, luis: Client):
    hours_pass(luis, minutes=11)
    answer = luis.post("/team/new", NOTE, headers={"Referer": f"http://{DESK}/team"})
    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/locked?next=%2Fkept%2F{draft.id}"
    assert "كيم" not in repr(bytes(draft.sealed))
    luis.post("/locked", {"next": f"/kept/{draft.id}", "passphrase": PASSPHRASE})
    page = luis.get(f"/kept/{draft.id}").content.decode()
    assert "كيم, who joins on Monday" in page
    assert 'action="/team/new"' in page


def test_it_goes_once_it_was_sent(team: Team, luis: Client):
    typed = {"current": "x"}
    amara = sign_in_at_the_desk(team.amara)
    hours_pass(amara, minutes=11)
    amara.post("/discretion", {"words": "I keep it to myself"})
    draft = Draft.objects.get()
    amara.post("/locked", {"next": "/", "passphrase": PASSPHRASE})
    amara.post("/discretion", {"words": "I keep it to myself", "kept": str(draft.id), **typed})
    assert not Draft.objects.exists()


def test_passphrases_and_codes_are_never_kept(luis: Client):
    hours_pass(luis, minutes=11)
    luis.post("/passphrase", {"current": PASSPHRASE, "new": "some new words", "again": "x"})
    luis.post("/in/again", {"code": "123456"})
    assert not Draft.objects.exists()


def test_a_press_alone_is_not_something_typed(luis: Client):
    hours_pass(luis, minutes=11)
    answer = luis.post("/discretion", {}, headers={"Referer": f"http://{DESK}/team?x=1"})
    assert answer.headers["Location"] == "/locked?next=%2Fteam%3Fx%3D1"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["http://[", "//", "x" * 5_000, "http://evil.example/team", f"http://{DESK}/" + "y" * 400],
)
def test_whatever_a_browser_says_it_comes_from_leads_to_the_front_page(luis: Client, address: str):
    hours_pass(luis, minutes=11)
    answer = luis.post("/discretion", {}, headers={"Referer": address})
    assert answer.headers["Location"] == "/locked?next=%2F"
    asked = luis.get(HERE, headers={"HX-Request": "true", "HX-Current-URL": address})
    assert asked.headers["HX-Redirect"] == "/locked?next=%2F"


def test_a_form_of_another_site_leaves_nothing_here(luis: Client):
    strict = Client(HTTP_HOST=DESK, enforce_csrf_checks=True)
    strict.cookies = luis.cookies
    hours_pass(luis, minutes=11)
    assert strict.post("/discretion", {"words": "planted words"}).status_code == 403
    assert not Draft.objects.exists()


def test_what_was_typed_and_not_sent_is_back_on_its_page_once(luis: Client, team: Team):
    typed = {"fields": [["0\nreason\n", "Half a sent"]], "scroll": 420}
    answer = luis.post("/lock", {"page": "/team", "typed": json.dumps(typed)})
    assert answer.headers["Location"] == "/locked?next=%2Fteam%23kept&quiet=1"
    luis.post("/locked", {"next": "/team#kept", "passphrase": PASSPHRASE})
    taken = luis.post("/kept", {"page": "/team"}).json()
    assert taken == {"fields": [["0\nreason\n", "Half a sent"]], "scroll": 420}
    assert luis.post("/kept", {"page": "/team"}).json() == {"fields": []}


@pytest.mark.parametrize(
    "typed", ["x", "[]", '{"fields": 1}', '{"fields": [[1]]}', "[" * 9_000, "y" * 1_300_000]
)
def test_whatever_a_script_sends_it_locks(luis: Client, typed: str):
    luis.post("/lock", {"page": "/team", "typed": typed})
    assert not Draft.objects.exists()
    assert is_locked(luis)


def test_nobody_else_finds_a_draft(team: Team, luis: Client):
    hours_pass(luis, minutes=11)
    luis.post("/team/new", NOTE)
    draft = Draft.objects.get()
    amara = sign_in_at_the_desk(team.amara)
    for path in (f"/kept/{draft.id}", f"/kept/{draft.id}/gone"):
        assert amara.get(path).status_code in (404, 405)
        assert amara.post(path).status_code in (404, 405)
    assert amara.post("/kept", {"page": "/"}).json() == {"fields": []}
    assert Draft.objects.exists()


def test_a_draft_is_gone_after_a_day(luis: Client):
    hours_pass(luis, minutes=11)
    luis.post("/team/new", NOTE)
    forget_drafts(at=timezone.now() + KEPT_FOR - timedelta(minutes=1))
    assert Draft.objects.exists()
    forget_drafts(at=timezone.now() + KEPT_FOR + timedelta(minutes=1))
    assert not Draft.objects.exists()


def test_what_was_typed_outlives_the_shift(luis: Client):
    ends = datetime.fromisoformat(luis.session["vault"]["ends_at"])
    with at(ends + timedelta(minutes=5)):
        answer = luis.post("/team/new", NOTE)
    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/in?next=/kept/{draft.id}"


def test_whoever_left_the_team_opens_nothing_again(team: Team, luis: Client, phone: Device):
    luis.post("/lock", {"page": HERE})
    sent = phone.shown(asked_on(luis.get("/locked")))
    end_designation(team.luis, by=None, at=timezone.now())
    answer = luis.post("/locked", {**sent, "next": HERE})
    assert answer.headers["Location"].startswith("/in")


def test_a_request_that_was_under_way_brings_no_old_session_back(luis: Client, phone: Device):
    luis.post("/lock", {"page": HERE})
    before = luis.session.session_key
    touch(luis, phone)
    assert luis.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_the_page_that_notices_lead_to_is_the_same_for_everyone(luis: Client):
    anonymous = desk_client().get("/look")
    signed_in = luis.get("/look")
    luis.post("/lock", {"page": HERE})
    locked = luis.get("/look")
    assert anonymous.content == signed_in.content == locked.content
    assert b'url=/next"' in anonymous.content


def test_the_lock_is_there_for_nobody_else():
    assert desk_client().get("/locked").headers["Location"].startswith("/in")
    assert Client(HTTP_HOST="localhost").get("/locked").status_code == 404


def test_padding_hides_how_much_was_typed(luis: Client):
    luis.post("/lock", {"page": "/a", "typed": json.dumps({"fields": [["0\nx\n", "yes"]]})})
    luis.post("/locked", {"next": "/", "passphrase": PASSPHRASE})
    luis.post("/lock", {"page": "/b", "typed": json.dumps({"fields": [["0\nx\n", "y" * 60]]})})
    sizes = {len(bytes(one.sealed)) for one in Draft.objects.all()}
    assert len(sizes) == 1
