"""Another code for whoever lost theirs: by the way that they left, once for each press, and by nobody who left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.letterbox.find import find
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.reports.add_words import add_words
from concord.reports.answer_report import OneIsUnderway, answer_report
from concord.reports.ask_for_notice import ask_for_notice
from concord.reports.change_choices import Choices, change_choices
from concord.reports.confirm_code import AnotherWasMade, confirm_code
from concord.reports.confirm_set_aside import NeedsAnotherPerson
from concord.reports.keep_out import keep_out
from concord.reports.let_in import let_in
from concord.reports.models import NewCode, Report
from concord.reports.new_code import SETTLES_AFTER, NewCodeWaits, made_for_others
from concord.reports.own_copy import copy_among
from concord.reports.read_report import OnlyCurrentStaff
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.reissue_code import NoWayToReachThem, reissue_code
from concord.reports.stay_out import stay_out
from concord.reports.tests.conftest import Member, box_of
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.models import OwedGrant

NONCE = b"a form's own one"


@pytest.fixture
def receipt(amara, luis, at) -> Receipt:
    return receive_report(Told(text="He wrote again.", contact="call me"), nonce=NONCE, at=at)


def again(report: Report, member: Member, at, nonce: bytes = b"another form") -> Receipt:
    return reissue_code(report, nonce=nonce, by=member.staff, keyring=member.keyring, at=at)


def test_pressed_twice_it_is_one_code_and_the_old_one_is_like_one_that_never_was(
    receipt, amara, at
):
    first = again(receipt.report, amara, at)
    assert again(receipt.report, amara, at).code == first.code != receipt.code
    assert find(receipt.code) is None
    assert find(first.code) == box_of(Report.objects.get())


def test_whom_the_reporter_ticked_comes_along_and_whom_we_keep_out_does_not(amara, luis, kofi, at):
    told = Told(text="Luis wrote again.", contact="call me")
    receipt = receive_report(told, nonce=NONCE, keep_out=[kofi.staff], at=at)
    assert _kept_out(again(receipt.report, amara, at)) == (kofi.staff.id,)
    held = Held(box_of(Report.objects.get()), again(receipt.report, amara, at).code)
    keep_out(Report.objects.get(), [luis.staff], held=held, at=at + SETTLES_AFTER)
    moved = again(Report.objects.get(), amara, at, nonce=b"a third form")
    assert set(_kept_out(moved)) == {kofi.staff.id, luis.staff.id}


def _kept_out(receipt: Receipt) -> tuple:
    copy = copy_among(read(box_of(receipt.report), receipt.code))
    assert copy
    return copy.keep_out


def test_nobody_gets_one_who_left_no_way_to_reach_them(amara, luis, at):
    receipt = receive_report(Told(text="He wrote again."), nonce=NONCE, at=at)
    with pytest.raises(NoWayToReachThem):
        again(receipt.report, amara, at)
    assert find(receipt.code)


def test_who_may_not_and_when(receipt, amara, luis, kofi, at):
    with pytest.raises(NoGrant):
        again(receipt.report, kofi, at)
    luis.staff.ended_at = at
    with pytest.raises(OnlyCurrentStaff):
        again(receipt.report, luis, at)
    answer_report(receipt.report, answer="Thank you.", by=amara.staff, keyring=amara.keyring, at=at)
    with pytest.raises(OneIsUnderway):
        again(receipt.report, amara, at)
    assert find(receipt.code)


def test_behind_a_new_code_its_maker_decides_nothing_in_the_reporters_place(
    amara, luis, kofi, make, at
):
    """Luis was kept out. Amara makes a code and opens the box herself; Mina, who reads it too, has not heard of it."""
    mina = make("Mina")
    told = Told(text="He wrote again.", contact="call me")
    found = receive_report(told, nonce=NONCE, keep_out=[luis.staff], at=at).report
    made = again(found, amara, at)
    held = Held(box_of(Report.objects.get()), made.code)
    decides = [
        lambda now: let_in(found, [luis.staff], held=held, at=now),
        lambda now: stay_out(found, held=held, at=now),
        lambda now: keep_out(found, [mina.staff], held=held, at=now),
        lambda now: change_choices(found, Choices("call Luis", "", ""), held=held, at=now),
        lambda now: ask_for_notice(found, "amara@example.org", held=held, at=now),
    ]
    for decide in decides:
        with pytest.raises(NewCodeWaits):
            decide(at + SETTLES_AFTER - timedelta(seconds=1))
    assert not OwedGrant.objects.exists()
    assert made_for_others(mina.staff, at=at)
    assert not made_for_others(amara.staff, at=at)
    add_words(found, "He is here.", at=at)  # nothing waits for it
    change_choices(found, Choices("", "", ""), held=held, at=at)  # erased at once
    ask_for_notice(found, "", held=held, at=at)
    for who, refused in ((amara, NeedsAnotherPerson), (luis, NoGrant), (kofi, NoGrant)):
        with pytest.raises(refused):
            confirm_code(NewCode.objects.get(), by=who.staff, keyring=who.keyring, at=at)
    for _twice in range(2):
        confirm_code(NewCode.objects.get(), by=mina.staff, keyring=mina.keyring, at=at)
    assert Entry.objects.filter(verb="reports.confirm_code").count() == 1
    for decide in (*decides[:2], decides[-1]):
        decide(at)
    assert OwedGrant.objects.get().holder == luis.id


def test_a_code_is_confirmed_that_was_on_the_page_and_none_that_was_made_since(
    receipt, amara, luis, at
):
    again(receipt.report, amara, at)
    spoken_of = NewCode.objects.get()
    again(receipt.report, amara, at + timedelta(minutes=1), nonce=b"another one here")
    with pytest.raises(AnotherWasMade):
        confirm_code(spoken_of, by=luis.staff, keyring=luis.keyring, at=at + timedelta(minutes=2))
    assert not NewCode.objects.filter(confirmed_by__isnull=False).exists()


def test_nobody_need_confirm_it_for_ever(receipt, amara, luis, at):
    made = again(receipt.report, amara, at)
    held, later = Held(box_of(Report.objects.get()), made.code), at + SETTLES_AFTER
    keep_out(receipt.report, [luis.staff], held=held, at=later)
    assert files.readers(receipt.report.file) == {amara.id}
