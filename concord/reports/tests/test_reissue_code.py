"""Another code for whoever lost theirs: by the way that they left, once for each press, and by nobody who left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.letterbox.find import find
from concord.letterbox.models import Answer, Box
from concord.letterbox.read import keyring_of, read
from concord.letterbox.session import Held
from concord.reports.add_supporter import add_supporter
from concord.reports.add_words import add_words
from concord.reports.answer_report import OneIsUnderway, answer_report
from concord.reports.ask_for_notice import ask_for_notice
from concord.reports.carry_out import carry_out_what_settled
from concord.reports.change_choices import WISHES, Choices, change_choices
from concord.reports.confirm_code import AnotherWasMade, confirm_code
from concord.reports.confirm_set_aside import NeedsAnotherPerson
from concord.reports.erase_report import erase_report
from concord.reports.hold_back import read_held_back
from concord.reports.keep_out import keep_out
from concord.reports.let_in import let_in
from concord.reports.models import HeldBack, NewCode, Report, Supporter
from concord.reports.new_code import SETTLES_AFTER, made_for_others
from concord.reports.notice_wanted import notice_kept, notice_wanted
from concord.reports.open_file import list_files, open_original
from concord.reports.own_copy import OwnCopy, copy_among, later_among, read_copy, read_later
from concord.reports.read_report import OnlyCurrentStaff, read_report, read_words
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.reissue_code import NoWayToReachThem, reissue_code
from concord.reports.stay_out import stay_out
from concord.reports.tests.conftest import Member, box_of
from concord.reports.tests.files import brought
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant, Tampered
from concord.vault.models import OwedGrant

NONCE = b"a form's own one"


@pytest.fixture
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


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
    """Luis was kept out. Amara makes a code and opens the box herself; Mina, who reads it too, has not heard of it.

    Were it the reporter who decides with it, nothing of what they press would be lost.
    """
    mina = make("Mina")
    told = Told(text="He wrote again.", contact="call me", wishes="No letters.")
    receipt = receive_report(told, nonce=NONCE, keep_out=[luis.staff], at=at)
    found = receipt.report
    ask_for_notice(found, "me@example.org", held=Held(box_of(found), receipt.code), at=at)
    made = again(found, amara, at)
    held = Held(box_of(Report.objects.get()), made.code)
    for _twice in range(2):
        let_in(found, [luis.staff], held=held, at=at)
        stay_out(found, held=held, at=at)
        change_choices(found, Choices("", "Do nothing.", "done"), held=held, at=at)
        ask_for_notice(found, "", held=held, at=at)
    assert Entry.objects.filter(verb="reports.hold_back").count() == 4
    assert carry_out_what_settled(None, at=at + SETTLES_AFTER - timedelta(seconds=1)) == 1
    stands = read_report(Report.objects.get(), keyring=mina.keyring, at=at)
    assert stands == told
    assert not OwedGrant.objects.exists()
    assert not Report.objects.get().tell_outcome
    assert notice_wanted(found) is None  # nothing goes there meanwhile
    assert notice_kept(Report.objects.get())
    assert made_for_others(mina.staff, at=at)
    assert not made_for_others(amara.staff, at=at)
    add_words(found, "He is here.", at=at)  # nothing waits for it
    for who, refused in ((amara, NeedsAnotherPerson), (luis, NoGrant), (kofi, NoGrant)):
        with pytest.raises(refused):
            confirm_code(NewCode.objects.get(), by=who.staff, keyring=who.keyring, at=at)
    later = read_held_back(Report.objects.get(), keyring=mina.keyring)
    assert later
    assert (later.contact, later.wishes, later.involved) == ("", "Do nothing.", False)
    for _twice in range(2):
        confirm_code(NewCode.objects.get(), by=mina.staff, keyring=mina.keyring, at=at)
    assert Entry.objects.filter(verb="reports.confirm_code").count() == 1
    assert read_report(Report.objects.get(), keyring=mina.keyring, at=at) == later
    assert Report.objects.get().tell_outcome
    assert Entry.objects.filter(verb=WISHES).count() == 1  # and it waits before those who read it
    assert notice_kept(Report.objects.get()) is None
    assert OwedGrant.objects.get().holder == luis.id
    copy = read_copy(held)
    assert copy == OwnCopy(later, (), (luis.staff.id,))
    assert not HeldBack.objects.exists()


def test_what_waits_goes_on_to_the_code_after_and_whoever_was_brought_along_does_not(
    receipt, amara, luis, at
):
    made = again(receipt.report, amara, at)
    held = Held(box_of(Report.objects.get()), made.code)
    change_choices(receipt.report, Choices("call me", "No letters.", ""), held=held, at=at)
    keep_out(receipt.report, [luis.staff], held=held, at=at)  # Amara would be alone with it
    add_supporter(receipt.report, nonce=NONCE, at=at)
    assert files.readers(receipt.report.file) == {amara.id, luis.id}
    after = again(Report.objects.get(), luis, at, nonce=b"another one here")
    assert not Supporter.objects.exists()
    later = later_among(read(box_of(Report.objects.get()), after.code))
    assert later
    assert (later.told.wishes, later.keep_out) == ("No letters.", (luis.staff.id,))
    carry_out_what_settled(None, at=at + SETTLES_AFTER)
    assert carry_out_what_settled(None, at=at + SETTLES_AFTER) == 0
    assert files.readers(receipt.report.file) == {amara.id}
    assert read_report(Report.objects.get(), keyring=amara.keyring, at=at) == later.told


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


def test_what_was_brought_and_added_goes_outside_from_behind_a_new_code_as_well(
    receipt, amara, luis, ines, media, at
):
    attached = brought(receipt.report, b"He did.", at)
    add_words(receipt.report, "And again.", at=at)
    add_words(receipt.report, "", danger=True, at=at + timedelta(minutes=1))
    found = _all_kept_out(again(receipt.report, amara, at), amara, luis, at)
    theirs = keyring_of(Box.objects.get(id=ines.holder), ines.code)
    assert [each.id for each in list_files(found, keyring=theirs)] == [attached.id]
    given = open_original(found.attachments.get(), keyring=theirs, at=at)
    assert b"".join(given.pieces) == b"He did."
    said = [(one.text, one.urgent) for one in read_words(found, keyring=theirs)]
    assert said == [("And again.", False), ("", True)]
    assert not files.still_there([receipt.report.file])


@pytest.mark.parametrize("lost", ["file", "said"])
def test_what_a_box_from_before_does_not_know_is_not_destroyed(
    receipt, amara, luis, ines, media, lost, at
):
    brought(receipt.report, b"He did.", at)
    add_words(receipt.report, "And again.", at=at)
    made = again(receipt.report, amara, at)
    Answer.objects.filter(box=Report.objects.get().box, kind=lost).delete()
    found = _all_kept_out(made, amara, luis, at)
    theirs = keyring_of(Box.objects.get(id=ines.holder), ines.code)
    there = [list_files(found, keyring=theirs), read_words(found, keyring=theirs)]
    assert [len(each) for each in there] == ([0, 1] if lost == "file" else [1, 0])
    assert files.still_there([receipt.report.file])
    erase_report(found, at=at + SETTLES_AFTER)
    assert not files.still_there([receipt.report.file]), "what is erased opens by nothing"


def test_where_everything_went_outside_what_does_not_open_is_damage_and_is_said(
    receipt, amara, luis, ines, media, at
):
    add_words(receipt.report, "And again.", at=at)
    found = _all_kept_out(again(receipt.report, amara, at), amara, luis, at)
    word = found.words.get(by_staff=None, urgent=False)
    found.words.filter(id=word.id).update(sealed=bytes(word.sealed)[:-1] + b"?")
    with pytest.raises(Tampered):
        read_words(found, keyring=keyring_of(Box.objects.get(id=ines.holder), ines.code))


def _all_kept_out(made: Receipt, amara: Member, luis: Member, at) -> Report:
    held = Held(box_of(Report.objects.get()), made.code)
    keep_out(made.report, [amara.staff, luis.staff], held=held, at=at + SETTLES_AFTER)
    found = Report.objects.get()
    assert found.outside
    return found


def test_where_whom_they_keep_out_is_the_last_reader_all_else_counts_and_it_is_told_outside(
    receipt, amara, luis, ines, at
):
    """Amara would have been alone with it, so Luis stayed; then Amara is kept out too, and that acts at once."""
    found, old = receipt.report, Held(box_of(receipt.report), receipt.code)
    ask_for_notice(found, "me@example.org", held=old, at=at)
    made = again(found, amara, at)
    held = Held(box_of(Report.objects.get()), made.code)
    change_choices(found, Choices("", "", ""), held=held, at=at)
    ask_for_notice(found, "other@example.org", held=held, at=at)
    stay_out(found, held=held, at=at)
    keep_out(found, [luis.staff], held=held, at=at)
    keep_out(found, [amara.staff], held=held, at=at)
    settled = at + SETTLES_AFTER
    for _twice in range(2):
        carry_out_what_settled(None, at=settled)
    stands = read_report(Report.objects.get(), keyring=luis.keyring, at=settled)
    assert (stands.contact, stands.involved) == ("", False)
    wanted = notice_wanted(Report.objects.get())
    assert wanted
    assert wanted.address == "other@example.org"
    assert read_copy(held) == OwnCopy(stands, (amara.staff.id,))
    later = read_later(held)
    assert later
    assert set(later.keep_out) == {amara.staff.id, luis.staff.id}
    assert Answer.objects.filter(box=ines.holder, kind="promise").count() == 1
    stay_out(found, held=held, at=settled)  # they come back, for whatever it is
    assert files.readers(Report.objects.get().file) == {ines.holder}
    carry_out_what_settled(None, at=settled)
    assert not HeldBack.objects.exists()
