"""Another code for whoever lost theirs: by the way that they left, once for each press, and by nobody who left."""

from __future__ import annotations

import pytest

from concord.letterbox.find import find
from concord.letterbox.read import read
from concord.letterbox.session import Held
from concord.reports.answer_report import OneIsUnderway, answer_report
from concord.reports.keep_out import keep_out
from concord.reports.models import Report
from concord.reports.own_copy import copy_among
from concord.reports.read_report import OnlyCurrentStaff
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.reissue_code import NoWayToReachThem, reissue_code
from concord.reports.tests.conftest import Member, box_of
from concord.reports.told import Told
from concord.vault.errors import NoGrant

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
    keep_out(Report.objects.get(), [luis.staff], held=held, at=at)
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
